package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import org.align4j.data.BatchPlan;
import org.align4j.data.TokenizedExample;
import org.align4j.error.AlignException;
import org.align4j.loss.preference.UnpairedLoss;
import org.align4j.train.TrainingLoop;

/// What each step of a run on single answers learns from, and what it is evaluated on.
///
/// @param examples that are trained on
/// @param plan which of them each step sees
/// @param totalSteps when the run ends
/// @param evaluation batches that are never trained on; none: no evaluation
/// @param notes what a user should know of the answers
/// @param warnings what is doubtful about them
record UnpairedBatches(
        List<UnpairedExample> examples,
        BatchPlan plan,
        long totalSteps,
        List<UnpairedBatch> evaluation,
        List<String> notes,
        List<String> warnings) {
    /// Sources that a message about a window names.
    private static final int NAMED = 8;

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
            List<String> sources = microBatches.stream()
                    .flatMap(batch -> batch.examples().stream())
                    .map(example -> example.answer().source().toString())
                    .toList();
            return sources.stream().limit(NAMED).collect(Collectors.joining(", "))
                    + (sources.size() > NAMED ? ", …" : "");
        }
    }

    static UnpairedBatches of(KtoConfig config, PreferenceData data) {
        int maxLength = config.data().maxLength();
        List<UnpairedExample> train = UnpairedExample.of(data.train(), maxLength);
        List<UnpairedExample> evaluation = UnpairedExample.of(data.evaluation(), maxLength);
        List<String> notes = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        long good = train.stream().filter(UnpairedExample::good).count();
        long bad = train.size() - good;
        notes.add("data: " + good + " good and " + bad + " bad answers");
        if (good == 0 || bad == 0) {
            throw new AlignException.Data("data: " + good + " good and " + bad
                    + " bad answers; both kinds are needed: rows with prompt, completion and label, true and false,"
                    + " or pairs of chosen and rejected");
        }
        double balance = config.desirableWeight() * good / (config.undesirableWeight() * bad);
        if (config.loss() instanceof UnpairedLoss.Kto && !(balance >= 0.9 && balance <= 1.5)) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "the weighted good answers are %.2f times the bad ones; the KTO paper recommends 1 to 4/3:"
                            + " set desirable_weight or undesirable_weight",
                    balance));
        }
        BatchPlan.Sizing sizing = config.batchSize() > 0
                ? new BatchPlan.ByCount(config.batchSize())
                : new BatchPlan.ByTokens(config.maxTokens(), true);
        BatchPlan plan = BatchPlan.of(
                answers(train),
                sizing,
                config.gradientAccumulation(),
                config.data().shuffle(),
                config.seed());
        long steps = config.maxSteps() > 0 ? config.maxSteps() : plan.steps(config.epochs());
        return new UnpairedBatches(train, plan, steps, evaluation(config, evaluation), notes, warnings);
    }

    private static List<TokenizedExample> answers(List<UnpairedExample> examples) {
        return examples.stream().map(UnpairedExample::answer).toList();
    }

    private static List<UnpairedBatch> evaluation(KtoConfig config, List<UnpairedExample> examples) {
        if (examples.isEmpty()) {
            return List.of();
        }
        BatchPlan.Sizing sizing = new BatchPlan.ByCount(Math.max(1, config.batchSize()));
        return BatchPlan.of(answers(examples), sizing, 1, false, 0).epoch(0).stream()
                .flatMap(step -> step.microBatches().stream())
                .map(batch ->
                        new UnpairedBatch(batch.stream().map(examples::get).toList()))
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
                        .map(batch -> new UnpairedBatch(
                                batch.stream().map(examples::get).toList()))
                        .toList());
            }
        };
    }

    /// Every sequence that the whole run looks at, each once and by itself.
    ///
    /// @param mismatched whether it looks at mismatched ones too
    List<List<TokenizedExample>> sequences(boolean mismatched) {
        SequencedSet<UnpairedExample> seen = new LinkedHashSet<>();
        Iterator<BatchPlan.Step> steps = plan.from(0);
        for (long step = 0; step < totalSteps && seen.size() < examples.size(); step++) {
            steps.next().microBatches().stream()
                    .flatMap(List::stream)
                    .forEach(example -> seen.add(examples.get(example)));
        }
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

    /// When what happens in the run.
    TrainingLoop.Plan plan(KtoConfig config) {
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
