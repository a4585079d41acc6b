package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.align4j.rl.GroupAdvantage;
import org.align4j.rl.RewardMix;
import org.align4j.rl.Rollout;
import org.align4j.rl.StepScores;
import org.align4j.run.Metrics;

/// What is told of an iteration's answers, named as TRL names it. Unknown rewards are left out of
/// means.
final class RolloutMetrics {
    private RolloutMetrics() {}

    /// @param names of the reward functions
    static Map<String, Double> of(Experience drawn, SequencedSet<String> names, RewardMix mix) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        double[] sums = mix.sum(drawn.rewards());
        metrics.put(Metrics.REWARD, mean(sums));
        // single answers are compared with those to other prompts; the only one with nothing
        int group = drawn.group() > 1 ? drawn.group() : sums.length;
        metrics.put("reward_std", deviationWithinGroups(sums, group));
        metrics.put("reward_best", bestOfGroups(sums, drawn.group()));
        if (group > 1) {
            metrics.put("frac_reward_zero_std", withoutSignal(sums, group));
        }
        metrics.put("unknown_rewards", unknown(sums));
        int f = 0;
        for (String name : names) {
            double[] values = drawn.rewards()[f++];
            metrics.put("rewards/" + name + "/mean", mean(values));
            metrics.put("rewards/" + name + "/std", deviationWithinGroups(values, group));
            if (group > 1) {
                metrics.put("rewards/" + name + "/frac_zero_std", withoutSignal(values, group));
            }
            metrics.put("rewards/" + name + "/unknown", unknown(values));
        }
        metrics.put("resampled_groups", (double) drawn.resampled());
        metrics.put("frac_resampled", drawn.resampled() / (double) (drawn.resampled() + drawn.tasks().length));
        drawn.steps().ifPresent(steps -> metrics.putAll(ofSteps(steps)));
        if (drawn.rollouts().stream().anyMatch(rollout -> rollout.turns() > 1)) {
            metrics.put(
                    "completions/mean_turns",
                    mean(drawn.rollouts().stream().mapToDouble(Rollout::turns).toArray()));
        }
        metrics.putAll(lengths(drawn.rollouts()));
        return metrics;
    }

    /// Of held-out prompts.
    ///
    /// @param values of each function, `[F][B]`
    static Map<String, Double> evaluation(
            SequencedSet<String> names, double[][] values, RewardMix mix, List<Rollout> rollouts) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metrics.EVAL_REWARD, mean(mix.sum(values)));
        int f = 0;
        for (String name : names) {
            metrics.put("eval/rewards/" + name + "/mean", mean(values[f++]));
        }
        lengths(rollouts).forEach((name, value) -> metrics.put("eval/" + name, value));
        return metrics;
    }

    private static Map<String, Double> ofSteps(StepScores steps) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(
                "process/reward",
                Arrays.stream(steps.rewards())
                        .flatMapToDouble(Arrays::stream)
                        .average()
                        .orElse(Double.NaN));
        metrics.put("process/mean_steps", steps.count() / (double) steps.rewards().length);
        return metrics;
    }

    private static Map<String, Double> lengths(List<Rollout> rollouts) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        double[] lengths = rollouts.stream().mapToDouble(Rollout::drawnTokens).toArray();
        metrics.put("completions/mean_length", mean(lengths));
        metrics.put("completions/max_length", Arrays.stream(lengths).max().orElse(0));
        metrics.put(
                "completions/clipped_ratio",
                rollouts.stream().filter(rollout -> !rollout.ended()).count() / (double) rollouts.size());
        return metrics;
    }

    /// One line an answer, for `samples.jsonl`.
    ///
    /// @param prompt text of a task
    static List<Map<String, String>> lines(
            Experience drawn,
            SequencedSet<String> names,
            RewardMix mix,
            double[] advantages,
            IntFunction<String> prompt) {
        double[] sums = mix.sum(drawn.rewards());
        List<Map<String, String>> lines = new ArrayList<>();
        for (int i = 0; i < sums.length; i++) {
            Map<String, String> line = new LinkedHashMap<>();
            line.put("prompt", prompt.apply(drawn.task(i)));
            line.put("completion", drawn.rollouts().get(i).text());
            line.put("reward", number(sums[i]));
            int f = 0;
            for (String name : names) {
                line.put("rewards/" + name, number(drawn.rewards()[f++][i]));
            }
            line.put("advantage", number(advantages[i]));
            line.put("group", String.valueOf(i / drawn.group()));
            lines.add(line);
        }
        return lines;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }

    private static double unknown(double[] values) {
        return Arrays.stream(values).filter(Double::isNaN).count();
    }

    /// The mean over groups of the standard deviation (unbiased) in each.
    private static double deviationWithinGroups(double[] values, int group) {
        return IntStream.range(0, values.length / group)
                .mapToDouble(g -> GroupAdvantage.deviation(values, g * group, (g + 1) * group))
                .average()
                .orElse(0);
    }

    /// The mean over groups of the best known value.
    private static double bestOfGroups(double[] values, int group) {
        return mean(IntStream.range(0, values.length / group)
                .mapToDouble(g -> Arrays.stream(values, g * group, (g + 1) * group)
                        .filter(value -> !Double.isNaN(value))
                        .max()
                        .orElse(Double.NaN))
                .toArray());
    }

    private static double withoutSignal(double[] values, int group) {
        return IntStream.range(0, values.length / group)
                        .filter(g -> GroupAdvantage.allEqual(values, g * group, (g + 1) * group))
                        .count()
                / (values.length / (double) group);
    }
}
