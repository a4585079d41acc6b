package org.align4j.train.policy;

import java.util.List;
import org.align4j.error.Require;

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
        Require.atLeast("prompts", prompts, 1);
        Require.atLeast("group_size", groupSize, 1);
        Require.atLeast("max_new_tokens", maxNewTokens, 1);
        Require.that(temperature > 0, "temperature must be > 0: greedy answers are all the same; got " + temperature);
        Require.atLeast("at_once", atOnce, 1);
        Require.atLeast("resample", resample, 0);
        Require.that(
                resample == 0 || groupSize > 1,
                "resample looks for groups whose answers are all worth the same: it needs group_size ≥ 2");
    }

    public static RolloutConfig defaults() {
        return new RolloutConfig(8, 8, 256, 1, List.of(), 64, false, 0);
    }

    /// Answers of an iteration.
    int outputs() {
        return prompts * groupSize;
    }
}
