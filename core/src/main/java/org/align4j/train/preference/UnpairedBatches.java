package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;
import org.align4j.data.BatchPlan;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.error.AlignException;
import org.align4j.loss.preference.UnpairedLoss;
import org.align4j.run.RunEvent;

/// What each step of a run on single answers learns from, and what it is evaluated on.
///
/// @param examples that are trained on
/// @param plan which of them each step sees
/// @param totalSteps when the run ends
/// @param evaluation batches that are never trained on; none: no evaluation
/// @param mismatched whether the loss looks at mismatched answers too
/// @param news what a user should know of the answers
record UnpairedBatches(
        List<UnpairedExample> examples,
        BatchPlan plan,
        long totalSteps,
        List<UnpairedBatch> evaluation,
        boolean mismatched,
        List<RunEvent> news)
        implements PreferenceRun.Batches {
    /// The micro batches of one optimiser step.
    record Window(List<UnpairedBatch> microBatches) {
        /// What its loss is divided by.
        long examples() {
            return microBatches.stream()
                    .mapToLong(batch -> batch.examples().size())
                    .sum();
        }

        long tokens() {
            return microBatches.stream()
                    .flatMap(batch -> batch.examples().stream())
                    .mapToLong(example -> example.answer().length())
                    .sum();
        }

        /// Where its answers come from, for messages.
        String sources() {
            return Source.few(microBatches.stream()
                    .flatMap(batch -> batch.examples().stream())
                    .map(example -> example.answer().source())
                    .toList());
        }
    }

    static UnpairedBatches of(KtoConfig config, PreferenceData data) {
        int maxLength = config.data().maxLength();
        List<UnpairedExample> train = UnpairedExample.of(data.train(), maxLength);
        List<UnpairedExample> evaluation = UnpairedExample.of(data.evaluation(), maxLength);
        List<RunEvent> news = new ArrayList<>();
        long good = train.stream().filter(UnpairedExample::good).count();
        long bad = train.size() - good;
        news.add(new RunEvent.Noted("data: " + good + " good and " + bad + " bad answers"));
        unlabeled(data.train(), "data").ifPresent(news::add);
        unlabeled(data.evaluation(), "eval data").ifPresent(news::add);
        if (good == 0 || bad == 0) {
            throw new AlignException.Data("data: " + good + " good and " + bad
                    + " bad answers; both kinds are needed: rows with prompt, completion and label, true and false,"
                    + " or pairs of chosen and rejected");
        }
        double balance = config.desirableWeight() * good / (config.undesirableWeight() * bad);
        if (config.loss() instanceof UnpairedLoss.Kto && !(balance >= 0.9 && balance <= 1.5)) {
            news.add(new RunEvent.Warned(String.format(
                    Locale.ROOT,
                    "the weighted good answers are %.2f times the bad ones; the KTO paper recommends 1 to 4/3:"
                            + " set desirable_weight or undesirable_weight",
                    balance)));
        }
        BatchPlan plan = config.batches().plan(lengths(train), config.data().shuffle(), config.seed());
        return new UnpairedBatches(
                train,
                plan,
                config.batches().steps(plan),
                evaluation(config, evaluation),
                config.loss() instanceof UnpairedLoss.Kto,
                news);
    }

    private static Optional<RunEvent> unlabeled(List<TokenizedComparison> comparisons, String name) {
        long none = comparisons.stream()
                .filter(each -> each.comparison().labels().isEmpty())
                .count();
        return none == 0
                ? Optional.empty()
                : Optional.of(new RunEvent.Noted(name + ": " + none + " of " + comparisons.size()
                        + " comparisons call no answer good or bad (ties, rankings, ratings): they are left out"));
    }

    private static int[] lengths(List<UnpairedExample> examples) {
        return examples.stream().mapToInt(example -> example.answer().length()).toArray();
    }

    private static List<UnpairedBatch> evaluation(KtoConfig config, List<UnpairedExample> examples) {
        // KTO's baseline is a mean over a micro batch
        return config.batches().evaluationAsTrained(lengths(examples)).stream()
                .map(batch -> batch(examples, batch))
                .toList();
    }

    private static UnpairedBatch batch(List<UnpairedExample> examples, List<Integer> numbers) {
        return new UnpairedBatch(numbers.stream().map(examples::get).toList());
    }

    /// The windows of step `step` (from 0) and those after it, without end.
    Iterator<Window> from(long step) {
        return plan.windows(
                step,
                each -> new Window(each.microBatches().stream()
                        .map(batch -> batch(examples, batch))
                        .toList()));
    }

    /// Every sequence that the whole run looks at, each once and by itself.
    @Override
    public List<List<TokenizedExample>> sequences() {
        SequencedSet<UnpairedExample> seen = new LinkedHashSet<>();
        plan.seen(totalSteps).forEach(example -> seen.add(examples.get(example)));
        evaluation.forEach(batch -> seen.addAll(batch.examples()));
        List<List<TokenizedExample>> all = new ArrayList<>();
        for (UnpairedExample example : seen) {
            all.add(List.of(example.answer()));
            if (mismatched) {
                all.add(List.of(example.mismatched()));
            }
        }
        return all;
    }

    @Override
    public boolean evaluates() {
        return !evaluation.isEmpty();
    }
}
