package org.align4j.train;

import java.util.Arrays;
import java.util.List;
import org.align4j.data.BatchPlan;
import org.align4j.error.Require;

/// What a step learns from and when a run ends: keys of runs that learn from a file's examples.
///
/// @param batchSize examples of a micro batch; 0: filled up to `maxTokens`
/// @param maxTokens tokens of a micro batch when `batchSize` is 0, and of one without a way back
/// @param gradientAccumulation micro batches of a step
/// @param epochs passes over the data
/// @param maxSteps ends the run after so many steps; 0: `epochs` decide
public record BatchConfig(int batchSize, int maxTokens, int gradientAccumulation, int epochs, long maxSteps) {
    public BatchConfig {
        Require.atLeast("batch_size", batchSize, 0);
        Require.atLeast("max_tokens", maxTokens, 1);
        Require.atLeast("gradient_accumulation", gradientAccumulation, 1);
        Require.atLeast("epochs", epochs, 1);
        Require.atLeast("max_steps", maxSteps, 0);
    }

    /// One pass over the data in micro batches of `batchSize`.
    public static BatchConfig of(int batchSize) {
        return new BatchConfig(batchSize, 4096, 1, 1, 0);
    }

    /// Which examples each step sees.
    ///
    /// @param lengths tokens of each example
    /// @throws org.align4j.error.AlignException.Config for no example, or one that is too long
    public BatchPlan plan(int[] lengths, boolean shuffle, long seed) {
        BatchPlan.Sizing sizing =
                batchSize > 0 ? new BatchPlan.ByCount(batchSize) : new BatchPlan.ByTokens(maxTokens, true);
        return new BatchPlan(lengths, sizing, gradientAccumulation, shuffle, seed);
    }

    /// The batches of examples that are only looked at, each once: full ones, of one example where
    /// it is longer than `maxTokens`.
    ///
    /// @param lengths tokens of each example
    public List<List<Integer>> evaluation(int[] lengths) {
        if (lengths.length == 0) {
            return List.of();
        }
        int longest = Arrays.stream(lengths).max().orElseThrow();
        return inOrder(lengths, new BatchPlan.ByTokens(Math.max(longest, maxTokens), true));
    }

    /// As [#evaluation], in micro batches as large as those that are trained on: for losses of
    /// whole
    /// micro batches.
    ///
    /// @param lengths tokens of each example
    public List<List<Integer>> evaluationAsTrained(int[] lengths) {
        return lengths.length == 0 || batchSize == 0
                ? evaluation(lengths)
                : inOrder(lengths, new BatchPlan.ByCount(batchSize));
    }

    private static List<List<Integer>> inOrder(int[] lengths, BatchPlan.Sizing sizing) {
        return new BatchPlan(lengths, sizing, 1, false, 0)
                .epoch(0).stream().flatMap(step -> step.microBatches().stream()).toList();
    }

    /// Optimiser steps of a run.
    public long steps(BatchPlan plan) {
        return maxSteps > 0 ? maxSteps : plan.steps(epochs);
    }
}
