package org.align4j.train.sft;

import java.util.Iterator;
import java.util.List;
import org.align4j.data.BatchPlan;
import org.align4j.data.PackedBatch;
import org.align4j.data.Source;
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
            return Source.few(examples.stream().map(TokenizedExample::source).toList());
        }
    }

    static SupervisedBatches of(SftConfig config, SupervisedData data) {
        BatchPlan plan =
                config.batches().plan(lengths(data.train()), config.data().shuffle(), config.seed());
        return new SupervisedBatches(
                data.train(), plan, config.batches().steps(plan), evaluation(config, data.evaluation()));
    }

    private static List<PackedBatch> evaluation(SftConfig config, List<TokenizedExample> examples) {
        return config.batches().evaluation(lengths(examples)).stream()
                .map(batch -> PackedBatch.of(batch.stream().map(examples::get).toList()))
                .toList();
    }

    private static int[] lengths(List<TokenizedExample> examples) {
        return examples.stream().mapToInt(TokenizedExample::length).toArray();
    }

    /// When what happens in the run.
    TrainingLoop.Plan plan(SftConfig config) {
        return new TrainingLoop.Plan(totalSteps, !evaluation.isEmpty(), config.pace());
    }

    /// The windows of step `step` (from 0) and those after it, without end.
    Iterator<Window> from(long step) {
        return plan.windows(
                step,
                each -> new Window(
                        each.pack(examples),
                        each.microBatches().stream()
                                .flatMap(List::stream)
                                .map(examples::get)
                                .toList()));
    }
}
