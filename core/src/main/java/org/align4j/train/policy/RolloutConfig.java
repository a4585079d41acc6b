package org.align4j.train.policy;

import java.util.List;

/// How answers are drawn that a policy learns from.
///
/// @param prompts of an iteration
/// @param groupSize answers to each
/// @param maxNewTokens the longest answer
/// @param temperature of the distribution that is drawn from and learned
/// @param stopStrings that end an answer
/// @param atOnce answers that are decoded together
/// @param maskTruncated whether answers that were cut off are left out of the loss
/// @param resample how often groups whose rewards are all equal are replaced by other prompts
///     (dynamic sampling, DAPO)
public record RolloutConfig(
        int prompts,
        int groupSize,
        int maxNewTokens,
        double temperature,
        List<String> stopStrings,
        int atOnce,
        boolean maskTruncated,
        int resample) {
    public RolloutConfig {
        stopStrings = List.copyOf(stopStrings);
        check(prompts >= 1, "prompts must be ≥ 1, got " + prompts);
        check(groupSize >= 1, "group_size must be ≥ 1, got " + groupSize);
        check(maxNewTokens >= 1, "max_new_tokens must be ≥ 1, got " + maxNewTokens);
        check(temperature > 0, "temperature must be > 0: greedy answers are all the same; got " + temperature);
        check(atOnce >= 1, "at_once must be ≥ 1, got " + atOnce);
        check(resample >= 0, "resample must be ≥ 0, got " + resample);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    public static RolloutConfig defaults() {
        return new RolloutConfig(8, 8, 256, 1, List.of(), 64, false, 0);
    }

    /// Answers of an iteration.
    int outputs() {
        return prompts * groupSize;
    }
}
