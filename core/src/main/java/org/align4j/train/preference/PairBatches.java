package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import org.align4j.data.BatchPlan;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.error.AlignException;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.train.TrainingLoop;

/// What each step of a run on pairs learns from, and what it is evaluated on.
///
/// @param groups that are trained on
/// @param plan which of them each step sees
/// @param totalSteps when the run ends
/// @param evaluation batches that are never trained on; none: no evaluation
/// @param notes what a user should know of the pairs
record PairBatches(
        List<PairGroup> groups, BatchPlan plan, long totalSteps, List<PairBatch> evaluation, List<String> notes) {
    /// Sources that a message about a window names.
    private static final int NAMED = 8;

    /// The micro batches of one optimiser step.
    record Window(List<PairBatch> microBatches) {
        /// What its loss is divided by.
        long units(PreferenceLoss loss) {
            return microBatches.stream().mapToLong(batch -> batch.units(loss)).sum();
        }

        long tokens() {
            return microBatches.stream()
                    .flatMap(batch -> batch.groups().stream())
                    .mapToLong(PairGroup::length)
                    .sum();
        }

        /// Where its comparisons come from, for messages.
        String sources() {
            List<String> sources = microBatches.stream()
                    .flatMap(batch -> batch.outputs().stream())
                    .map(output -> output.source().toString())
                    .distinct()
                    .toList();
            return sources.stream().limit(NAMED).collect(Collectors.joining(", "))
                    + (sources.size() > NAMED ? ", …" : "");
        }
    }

    static PairBatches of(DpoConfig config, PreferenceData data) {
        List<String> notes = new ArrayList<>();
        List<PairGroup> train = groups(config.loss(), data.train(), "data", notes);
        List<PairGroup> evaluation = groups(config.loss(), data.evaluation(), "eval data", notes);
        if (train.isEmpty() || (evaluation.isEmpty() && !data.evaluation().isEmpty())) {
            throw new AlignException.Data("data: no pair of outputs is left that this loss can learn from or be"
                    + " evaluated on; it needs rows in which one output is better than another"
                    + (config.loss().knowsTies() ? "" : " (ties need loss: rao_kupper or davidson)")
                    + "; single outputs that are good or bad are for align4j kto");
        }
        BatchPlan.Sizing sizing = config.batchSize() > 0
                ? new BatchPlan.ByCount(config.batchSize())
                : new BatchPlan.ByTokens(config.maxTokens(), true);
        BatchPlan plan = new BatchPlan(
                lengths(train),
                sizing,
                config.gradientAccumulation(),
                config.data().shuffle(),
                config.seed());
        long steps = config.maxSteps() > 0 ? config.maxSteps() : plan.steps(config.epochs());
        return new PairBatches(train, plan, steps, evaluation(config, evaluation), notes);
    }

    private static List<PairGroup> groups(
            PreferenceLoss loss, List<TokenizedComparison> comparisons, String name, List<String> notes) {
        List<PairGroup> groups = comparisons.stream()
                .flatMap(comparison -> PairGroup.of(comparison, loss).stream())
                .toList();
        long pairs = groups.stream().mapToLong(group -> group.pairs().size()).sum();
        if (groups.size() < comparisons.size()) {
            notes.add(name + ": " + (comparisons.size() - groups.size()) + " of " + comparisons.size()
                    + " comparisons have no pair that this loss can use");
        }
        if (pairs != groups.size()) {
            notes.add(name + ": " + pairs + " pairs in " + groups.size() + " comparisons");
        }
        return groups;
    }

    private static int[] lengths(List<PairGroup> groups) {
        return groups.stream().mapToInt(PairGroup::length).toArray();
    }

    private static List<PairBatch> evaluation(DpoConfig config, List<PairGroup> groups) {
        if (groups.isEmpty()) {
            return List.of();
        }
        int longest = groups.stream().mapToInt(PairGroup::length).max().orElseThrow();
        BatchPlan.Sizing sizing = new BatchPlan.ByTokens(Math.max(longest, config.maxTokens()), true);
        return new BatchPlan(lengths(groups), sizing, 1, false, 0)
                .epoch(0).stream()
                        .flatMap(step -> step.microBatches().stream())
                        .map(batch ->
                                PairBatch.of(batch.stream().map(groups::get).toList()))
                        .toList();
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
                        .map(batch ->
                                PairBatch.of(batch.stream().map(groups::get).toList()))
                        .toList());
            }
        };
    }

    /// The outputs of all groups that the whole run looks at, each group once.
    List<List<TokenizedExample>> sequences() {
        SequencedSet<PairGroup> all = new LinkedHashSet<>();
        Iterator<BatchPlan.Step> steps = plan.from(0);
        for (long step = 0; step < totalSteps && all.size() < groups.size(); step++) {
            steps.next().microBatches().stream().flatMap(List::stream).forEach(group -> all.add(groups.get(group)));
        }
        evaluation.forEach(batch -> all.addAll(batch.groups()));
        return all.stream().map(PairGroup::outputs).toList();
    }

    /// When what happens in the run.
    TrainingLoop.Plan plan(DpoConfig config) {
        return new TrainingLoop.Plan(
                totalSteps,
                !evaluation.isEmpty(),
                config.evalEvery(),
                config.patience(),
                config.saveEvery(),
                config.keep(),
                config.sampleEvery());
    }
}
