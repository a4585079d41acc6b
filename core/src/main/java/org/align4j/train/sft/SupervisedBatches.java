package org.align4j.train.sft;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import org.align4j.data.BatchPlan;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.train.TrainingLoop;

/// What each step of a supervised run learns from, and what it is evaluated on.
///
/// @param examples that are trained on
/// @param plan which of them each step sees
/// @param totalSteps when the run ends
/// @param evaluation batches that are never trained on; none: no evaluation
record SupervisedBatches(
        List<TokenizedExample> examples, BatchPlan plan, long totalSteps, List<PackedBatch> evaluation) {
    /// Sources that a message about a window names.
    private static final int NAMED = 8;

    /// The micro batches of one optimiser step.
    ///
    /// @param examples in the order of the micro batches
    record Window(List<PackedBatch> microBatches, List<TokenizedExample> examples) {
        /// Targets in it: what its loss is divided by.
        long trainedTokens() {
            return microBatches.stream().mapToLong(PackedBatch::trainedTokens).sum();
        }

        long tokens() {
            return microBatches.stream().mapToLong(PackedBatch::tokenCount).sum();
        }

        /// Where its examples come from, for messages.
        String sources() {
            return examples.stream()
                            .limit(NAMED)
                            .map(example -> example.source().toString())
                            .collect(Collectors.joining(", "))
                    + (examples.size() > NAMED ? ", …" : "");
        }
    }

    static SupervisedBatches of(SftConfig config, SupervisedData data) {
        BatchPlan.Sizing sizing = config.batchSize() > 0
                ? new BatchPlan.ByCount(config.batchSize())
                : new BatchPlan.ByTokens(config.maxTokens(), true);
        BatchPlan plan = BatchPlan.of(
                data.train(),
                sizing,
                config.gradientAccumulation(),
                config.data().shuffle(),
                config.seed());
        long steps = config.maxSteps() > 0 ? config.maxSteps() : plan.steps(config.epochs());
        return new SupervisedBatches(data.train(), plan, steps, evaluation(config, data.evaluation()));
    }

    private static List<PackedBatch> evaluation(SftConfig config, List<TokenizedExample> examples) {
        if (examples.isEmpty()) {
            return List.of();
        }
        int longest = examples.stream().mapToInt(TokenizedExample::length).max().orElseThrow();
        BatchPlan.Sizing sizing = new BatchPlan.ByTokens(Math.max(longest, config.maxTokens()), true);
        return BatchPlan.of(examples, sizing, 1, false, 0).epoch(0).stream()
                .flatMap(step -> step.pack(examples).stream())
                .toList();
    }

    /// When what happens in the run.
    TrainingLoop.Plan plan(SftConfig config) {
        return new TrainingLoop.Plan(
                totalSteps,
                !evaluation.isEmpty(),
                config.evalEvery(),
                config.patience(),
                config.saveEvery(),
                config.keep(),
                config.sampleEvery());
    }

    /// The windows of step `step` (from 0) and those after it, without end.
    Iterator<Window> from(long step) {
        Iterator<BatchPlan.Step> steps = plan.from(step);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return steps.hasNext();
            }

            @Override
            public Window next() {
                BatchPlan.Step next = steps.next();
                return new Window(
                        next.pack(examples),
                        next.microBatches().stream()
                                .flatMap(List::stream)
                                .map(examples::get)
                                .toList());
            }
        };
    }
}
