package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.align4j.data.BatchPlan;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.error.AlignException;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.run.RunEvent;

/// What each step of a run on pairs learns from, and what it is evaluated on.
///
/// @param groups that are trained on
/// @param plan which of them each step sees
/// @param totalSteps when the run ends
/// @param evaluation batches that are never trained on; none: no evaluation
/// @param notes what a user should know of the pairs
record PairBatches(
        List<PairGroup> groups, BatchPlan plan, long totalSteps, List<PairBatch> evaluation, List<String> notes)
        implements PreferenceRun.Batches {
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
            return Source.few(microBatches.stream()
                    .flatMap(batch -> batch.outputs().stream())
                    .map(TokenizedExample::source)
                    .toList());
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
        BatchPlan plan = config.batches().plan(lengths(train), config.data().shuffle(), config.seed());
        return new PairBatches(train, plan, config.batches().steps(plan), evaluation(config, evaluation), notes);
    }

    private static List<PairGroup> groups(
            PreferenceLoss loss, List<TokenizedComparison> comparisons, String name, List<String> notes) {
        List<PairGroup> groups = comparisons.stream()
                .flatMap(comparison -> PairGroup.of(comparison, loss).stream())
                .toList();
        if (!loss.perPair()) {
            requireCertain(groups);
        }
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

    /// @throws AlignException.Data for a pair with a probability
    private static void requireCertain(List<PairGroup> groups) {
        for (PairGroup group : groups) {
            if (group.pairs().stream().anyMatch(pair -> pair.probability() != 1)) {
                throw new AlignException.Data(group.outputs().getFirst().source()
                        + ": has a probability, and this loss is of rankings or of whole batches, not of single pairs;"
                        + " take another loss, or leave probabilities out");
            }
        }
    }

    private static int[] lengths(List<PairGroup> groups) {
        return groups.stream().mapToInt(PairGroup::length).toArray();
    }

    private static List<PairBatch> evaluation(DpoConfig config, List<PairGroup> groups) {
        return config.batches().evaluation(lengths(groups)).stream()
                .map(batch -> batch(groups, batch))
                .toList();
    }

    private static PairBatch batch(List<PairGroup> groups, List<Integer> numbers) {
        return PairBatch.of(numbers.stream().map(groups::get).toList());
    }

    /// The windows of step `step` (from 0) and those after it, without end.
    Iterator<Window> from(long step) {
        return plan.windows(
                step,
                each -> new Window(each.microBatches().stream()
                        .map(batch -> batch(groups, batch))
                        .toList()));
    }

    /// The outputs of all groups that the whole run looks at, each group once.
    @Override
    public List<List<TokenizedExample>> sequences() {
        SequencedSet<PairGroup> all = new LinkedHashSet<>();
        plan.seen(totalSteps).forEach(group -> all.add(groups.get(group)));
        evaluation.forEach(batch -> all.addAll(batch.groups()));
        return all.stream().map(PairGroup::outputs).toList();
    }

    @Override
    public boolean evaluates() {
        return !evaluation.isEmpty();
    }

    @Override
    public List<RunEvent> news() {
        return notes.stream().<RunEvent>map(RunEvent.Noted::new).toList();
    }
}
