package org.align4j.train.reward;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import org.align4j.data.BatchPlan;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.train.TrainingLoop;

/// What each step of a reward model's training learns from.
///
/// @param comparisons that are trained on
/// @param plan which of them each step sees
/// @param totalSteps when the run ends
record RewardBatches(List<TokenizedComparison> comparisons, BatchPlan plan, long totalSteps) {
    /// Sources that a message about a window names.
    private static final int NAMED = 8;

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
            return microBatches.stream()
                            .flatMap(List::stream)
                            .limit(NAMED)
                            .map(each -> each.comparison().source().toString())
                            .collect(Collectors.joining(", "))
                    + (comparisons() > NAMED ? ", …" : "");
        }
    }

    static RewardBatches of(RewardConfig config, List<TokenizedComparison> comparisons) {
        BatchPlan.Sizing sizing = config.batchSize() > 0
                ? new BatchPlan.ByCount(config.batchSize())
                : new BatchPlan.ByTokens(config.maxTokens(), true);
        BatchPlan plan = new BatchPlan(
                comparisons.stream().mapToInt(TokenizedComparison::length).toArray(),
                sizing,
                config.gradientAccumulation(),
                config.data().shuffle(),
                config.seed());
        long steps = config.maxSteps() > 0 ? config.maxSteps() : plan.steps(config.epochs());
        return new RewardBatches(comparisons, plan, steps);
    }

    TrainingLoop.Plan plan(RewardConfig config, boolean evaluates) {
        return new TrainingLoop.Plan(
                totalSteps, evaluates, config.evalEvery(), config.patience(), config.saveEvery(), config.keep(), 0);
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
                return new Window(steps.next().microBatches().stream()
                        .map(batch -> batch.stream().map(comparisons::get).toList())
                        .toList());
            }
        };
    }
}
