package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.align4j.data.DataReport;
import org.align4j.data.Message;
import org.align4j.data.OnError;
import org.align4j.data.format.ComparisonOptions;
import org.align4j.data.format.ComparisonReader;
import org.align4j.data.preference.PreferencePair;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.random.CounterRandom;
import org.jspecify.annotations.Nullable;

/// What the preference model learns from: AI feedback about harm as soft labels, mixed with human
/// comparisons of helpfulness.
final class PreferenceData {
    private PreferenceData() {}

    /// A row that `align4j reward` and `align4j dpo` read.
    ///
    /// @param id of the comparison, or `h1`, `h2`… of a human one
    /// @param source file and line of a human one; empty for feedback
    /// @param probability that `chosen` is better
    record Line(
            String id,
            Optional<String> source,
            List<Map<String, @Nullable Object>> prompt,
            List<Map<String, @Nullable Object>> chosen,
            List<Map<String, @Nullable Object>> rejected,
            double probability) {}

    /// @throws AlignException.Config for edits of what isn't there
    /// @throws AlignException.Data when nothing is left
    static List<Line> of(CaiConfig config, List<Comparison> comparisons, Edits edits, Statistics.Tally tally) {
        Edits theirs =
                edits.about(true, comparisons.stream().map(Comparison::id).collect(Collectors.toSet()));
        List<Line> lines = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            Optional<Edits.Edit> edit = theirs.of(comparison.id());
            if (edit.isPresent() && edit.get().vetoed()) {
                tally.reject(
                        "vetoed", comparison.id() + " " + edit.get().reason().orElse(""));
                continue;
            }
            Comparison used = edit.flatMap(Edits.Edit::probability)
                    .map(comparison::labelled)
                    .orElse(comparison);
            if (used.failure().isPresent()) {
                tally.reject(used.failure().get(), used.id());
            } else {
                lines.add(line(used));
            }
        }
        if (lines.isEmpty()) {
            throw new AlignException.Data(
                    "no comparison is left to learn from; look at " + Stage.FEEDBACK.folder(config.output()));
        }
        lines.addAll(human(config, lines.size()));
        return lines;
    }

    private static Line line(Comparison comparison) {
        boolean first = comparison.probability() >= 0.5;
        return new Line(
                comparison.id(),
                Optional.empty(),
                SupervisedData.turns(List.of(Message.user(comparison.prompt()))),
                answer(first ? comparison.first() : comparison.second()),
                answer(first ? comparison.second() : comparison.first()),
                first ? comparison.probability() : 1 - comparison.probability());
    }

    private static List<Map<String, @Nullable Object>> answer(String text) {
        return SupervisedData.turns(List.of(Message.assistant(text)));
    }

    private static List<Line> human(CaiConfig config, int feedback) {
        CaiConfig.Preferences settings = config.preferences();
        if (settings.helpful().isEmpty() || settings.helpfulShare() == 0) {
            return List.of();
        }
        DataReport report = new DataReport();
        List<PreferencePair> found;
        try (Rows rows = Rows.open(settings.helpful(), ReadOptions.DEFAULT, report)) {
            found = new ComparisonReader(ComparisonOptions.DEFAULT, report)
                    .readAll(rows).stream()
                            .flatMap(comparison -> comparison.strictPairs().stream())
                            .toList();
        }
        found.forEach(pair -> report.use());
        // real files hold some rows that can't be used; they are only left out
        report.check(OnError.SKIP);
        int wanted = (int) Math.round(feedback * settings.helpfulShare() / (1 - settings.helpfulShare()));
        if (found.size() < wanted) {
            throw new AlignException.Data("preferences.helpful has " + found.size() + " comparisons; a share of "
                    + settings.helpfulShare() + " beside " + feedback + " of feedback needs " + wanted
                    + "; name more files or lower preferences.helpful_share");
        }
        int[] order = CounterRandom.of(config.seed(), "human comparisons").permutation(found.size(), 0);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < wanted; i++) {
            PreferencePair pair = found.get(order[i]);
            lines.add(new Line(
                    "h" + (i + 1),
                    Optional.of(pair.source().toString()),
                    SupervisedData.turns(pair.prompt().conversation()),
                    SupervisedData.turns(pair.chosen().messages()),
                    SupervisedData.turns(pair.rejected().messages()),
                    pair.preference().probability().orElse(1.0)));
        }
        return List.copyOf(lines);
    }
}
