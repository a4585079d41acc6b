package org.align4j.world.gold;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Weighs answers: the mean of the gold rewards asked for, times fluency. Immutable.
public final class Judge {
    private final Fluency fluency;

    public Judge(Fluency fluency) {
        this.fluency = fluency;
    }

    /// @param total the mean of the rewards times fluency: what an answer is worth
    /// @param fluency from 0 to 1
    /// @param rewards each kind of reward by its name: the mean of its kind
    public record Verdict(double total, double fluency, Map<String, Double> rewards) {
        public Verdict {
            rewards = Map.copyOf(rewards);
        }
    }

    /// What an answer is worth, if these rewards were asked for.
    public Verdict judge(List<GoldReward> golds, String answer) {
        Reading reading = Reading.of(answer);
        boolean repeats = golds.stream().anyMatch(GoldReward.Repeats.class::isInstance);
        double fluent = repeats ? fluency.known(answer) : fluency.score(answer);
        Map<String, Double> rewards = new LinkedHashMap<>();
        double sum = 0;
        for (GoldReward gold : golds) {
            double score = gold.score(reading);
            sum += score;
            rewards.merge(gold.getClass().getSimpleName(), score, (a, b) -> (a + b) / 2);
        }
        return new Verdict(sum / golds.size() * fluent, fluent, rewards);
    }
}
