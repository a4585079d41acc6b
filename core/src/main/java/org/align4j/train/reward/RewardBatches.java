package org.align4j.train.reward;

import java.util.Iterator;
import java.util.List;
import org.align4j.data.BatchPlan;
import org.align4j.data.Source;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.train.TrainingLoop;

/// What each step of a reward model's training learns from.
///
/// @param comparisons that are trained on
/// @param plan which of them each step sees
/// @param totalSteps when the run ends
record RewardBatches(List<TokenizedComparison> comparisons, BatchPlan plan, long totalSteps) {
    /// The micro batches of one optimiser step.
    record Window(List<List<TokenizedComparison>> microBatches) {
        long tokens() {
            return microBatches.stream()
                    .flatMap(List::stream)
                    .mapToLong(TokenizedComparison::length)
                    .sum();
        }

        int comparisons() {
            return microBatches.stream().mapToInt(List::size).sum();
        }

        /// Where its comparisons come from, for messages.
        String sources() {
            return Source.few(microBatches.stream()
                    .flatMap(List::stream)
                    .map(each -> each.comparison().source())
                    .toList());
        }
    }

    static RewardBatches of(RewardConfig config, List<TokenizedComparison> comparisons) {
        BatchPlan plan = config.batches()
                .plan(
                        comparisons.stream()
                                .mapToInt(TokenizedComparison::length)
                                .toArray(),
                        config.data().shuffle(),
                        config.seed());
        return new RewardBatches(comparisons, plan, config.batches().steps(plan));
    }

    TrainingLoop.Plan plan(RewardConfig config, boolean evaluates) {
        return new TrainingLoop.Plan(totalSteps, evaluates, config.pace());
    }

    /// The windows of step `step` (from 0) and those after it, without end.
    Iterator<Window> from(long step) {
        return plan.windows(
                step,
                each -> new Window(each.microBatches().stream()
                        .map(batch -> batch.stream().map(comparisons::get).toList())
                        .toList()));
    }
}
