package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.rl.GroupAdvantage;
import org.align4j.rl.PromptOrder;
import org.align4j.rl.Rollout;
import org.align4j.rl.RolloutSampler;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.Rewards;

/// The half of an iteration that comes before learning: prompts, answers to them, and what these
/// are worth.
///
/// @param policy that answers
/// @param warn hears of rewards that can't be had
/// @param seed of prompts and draws
record RolloutRound(
        RolloutConfig config,
        TaskDataConfig dataConfig,
        TaskData data,
        LoadedModel policy,
        PolicyRewards rewards,
        Consumer<String> warn,
        long seed) {
    /// Prompts, a group of answers to each, their rewards. Groups without signal are replaced as
    /// configured.
    ///
    /// @param times seconds of the parts are added to them
    /// @param interrupted asked before each token
    /// @return nothing where it was interrupted: a resumed run draws the same answers
    Optional<Experience> draw(long iteration, Map<String, Double> times, BooleanSupplier interrupted) {
        int group = config.groupSize();
        PromptOrder order = new PromptOrder(data.train().size(), dataConfig.shuffle(), seed);
        int[] tasks = order.of(iteration, config.prompts());
        Optional<List<Rollout>> drawn = answers(tasks, iteration, 0, times, interrupted);
        if (drawn.isEmpty()) {
            return Optional.empty();
        }
        List<Rollout> rollouts = new ArrayList<>(drawn.get());
        double[][] values = rewards(tasks, rollouts, times);
        int resampled = 0;
        for (int attempt = 1; attempt <= config.resample(); attempt++) {
            double[] sums = rewards.mix().sum(values);
            for (int place = 0; place < tasks.length; place++) {
                int from = place * group;
                if (GroupAdvantage.allEqual(sums, from, from + group)) {
                    int[] other = {order.instead(iteration, attempt, place)};
                    Optional<List<Rollout>> answers =
                            answers(other, iteration, attempt * tasks.length + place, times, interrupted);
                    if (answers.isEmpty()) {
                        return Optional.empty();
                    }
                    double[][] worth = rewards(other, answers.get(), times);
                    tasks[place] = other[0];
                    for (int g = 0; g < group; g++) {
                        rollouts.set(from + g, answers.get().get(g));
                        for (int f = 0; f < values.length; f++) {
                            values[f][from + g] = worth[f][g];
                        }
                    }
                    resampled++;
                }
            }
        }
        return Optional.of(new Experience(
                tasks, rollouts, values, Optional.empty(), Optional.empty(), Optional.empty(), resampled));
    }

    private Optional<List<Rollout>> answers(
            int[] tasks, long iteration, int firstPlace, Map<String, Double> times, BooleanSupplier interrupted) {
        long start = System.nanoTime();
        List<int[]> prompts = Arrays.stream(tasks)
                .mapToObj(task -> data.train().get(task).tokens())
                .toList();
        Optional<List<Rollout>> rollouts =
                sampler().draw(prompts, config.groupSize(), iteration, firstPlace, interrupted);
        times.merge("time/generate", (System.nanoTime() - start) / 1e9, Double::sum);
        return rollouts;
    }

    private double[][] rewards(int[] tasks, List<Rollout> rollouts, Map<String, Double> times) {
        long start = System.nanoTime();
        int group = rollouts.size() / tasks.length;
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            attempts.add(data.train().get(tasks[i / group]).attempt(rollouts.get(i)));
        }
        Rewards.Scores scores = rewards.learned().of(attempts);
        scores.failures().forEach(warn);
        times.merge("time/reward", (System.nanoTime() - start) / 1e9, Double::sum);
        return scores.values();
    }

    /// What an iteration's answers are told of, see [RolloutMetrics].
    Map<String, Double> metrics(Experience drawn) {
        return RolloutMetrics.of(drawn, rewards.learned().functions().sequencedKeySet(), rewards.mix());
    }

    /// An iteration's answers, to be read.
    List<Map<String, String>> samples(Experience drawn, double[] advantages) {
        return RolloutMetrics.lines(
                drawn,
                rewards.learned().functions().sequencedKeySet(),
                rewards.mix(),
                advantages,
                task -> data.train().get(task).text());
    }

    private RolloutSampler sampler() {
        return new RolloutSampler(
                policy, config.temperature(), config.stopStrings(), config.maxNewTokens(), config.atOnce(), seed);
    }
}
