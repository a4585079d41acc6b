package org.align4j.world.gold;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Weighs answers: the product of the gold rewards asked for and fluency, so that each matters and
/// none makes up for another. Immutable.
public final class Judge {
    private final Fluency fluency;

    public Judge(Fluency fluency) {
        this.fluency = fluency;
    }

    /// @param total what an answer is worth: the product of all rewards and fluency
    /// @param fluency from 0 to 1
    /// @param rewards each reward by its name; of two of a kind the smaller
    public record Verdict(double total, double fluency, Map<String, Double> rewards) {
        public Verdict {
            rewards = Collections.unmodifiableMap(new LinkedHashMap<>(rewards));
        }
    }

    /// What an answer is worth, if these rewards were asked for.
    public Verdict judge(List<GoldReward> golds, String answer) {
        Reading reading = Reading.of(answer);
        // Saying something many times is what was asked for; nothing else is let pass.
        boolean repeats = golds.stream().anyMatch(GoldReward.Repeats.class::isInstance);
        double fluent = repeats ? 1 : fluency.score(answer);
        Map<String, Double> rewards = new LinkedHashMap<>();
        double total = fluent;
        for (GoldReward gold : golds) {
            double score = gold.score(reading);
            total *= score;
            rewards.merge(gold.name(), score, Math::min);
        }
        return new Verdict(total, fluent, rewards);
    }
}
