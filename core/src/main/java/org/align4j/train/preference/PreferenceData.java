package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.align4j.data.DataChecks;
import org.align4j.data.DataReport;
import org.align4j.data.Split;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.encode.ComparisonEncoder;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.format.ComparisonReader;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Contradictions;
import org.align4j.data.preference.Judgement;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.model.Architecture;
import org.align4j.run.RunEvent;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.Positions;

/// The tokenized comparisons of a run.
///
/// @param evaluation comparisons that are never trained on; may be none
/// @param notes counts that a user should read
/// @param warnings what is doubtful about the data
public record PreferenceData(
        List<TokenizedComparison> train,
        List<TokenizedComparison> evaluation,
        List<String> notes,
        List<String> warnings) {
    /// Reads, checks, splits and encodes.
    ///
    /// @param template of the model that it is encoded for, if it has one
    /// @throws AlignException.Data for unusable rows, all of them together, unless they are to be
    ///     skipped
    public static PreferenceData load(
            PreferenceDataConfig config,
            long seed,
            Tokenizer tokenizer,
            Optional<ChatTemplate> template,
            Architecture architecture) {
        DataReport report = new DataReport();
        DataReport evalReport = config.eval().isEmpty() ? report : new DataReport();
        List<Comparison> comparisons = read(config, config.train(), report);
        Split<Comparison> split = config.eval().isEmpty()
                ? Split.of(comparisons, Split.heldOut(config.evalCount(), config.evalFraction()), seed)
                : new Split<>(comparisons, read(config, config.eval(), evalReport));
        Optional<ChatRenderer> renderer =
                template.map(chat -> ChatRenderer.of(chat, ChatTemplate.Options.conversation()));
        List<TokenizedComparison> train =
                new ComparisonEncoder(tokenizer, renderer, config.encoding(), report).encodeAll(split.train());
        List<TokenizedComparison> evaluation =
                new ComparisonEncoder(tokenizer, renderer, config.encoding(), evalReport).encodeAll(split.evaluation());
        report.check(config.onError());
        List<String> notes = new ArrayList<>(List.of("data: " + report.summary()));
        if (evalReport != report) {
            evalReport.check(config.onError());
            notes.add("eval data: " + evalReport.summary());
        }
        if (train.isEmpty() || (evaluation.isEmpty() && !split.evaluation().isEmpty())) {
            throw new AlignException.Data("data: no comparison is left to " + (train.isEmpty() ? "train" : "evaluate")
                    + " on; give more of them, or raise data.max_length\n" + evalReport.summary());
        }
        List<String> warnings =
                new ArrayList<>(DataChecks.of(split.train(), split.evaluation()).warnings());
        int longest = Stream.concat(train.stream(), evaluation.stream())
                .flatMap(comparison -> comparison.outputs().stream())
                .mapToInt(TokenizedExample::length)
                .max()
                .orElse(0);
        Positions.check(longest, architecture).ifPresent(warnings::add);
        return new PreferenceData(train, evaluation, notes, warnings);
    }

    /// Without the comparisons that say nothing a method can learn from, which are noted.
    ///
    /// @param uses whether it can learn from a judgement
    /// @throws AlignException.Data when none is left to train on, and for judgements that it cannot
    ///     compute, all of them together
    public PreferenceData usable(Predicate<Judgement> uses) {
        Problems problems = new Problems();
        List<TokenizedComparison> used = usable(train, uses, problems);
        List<TokenizedComparison> evaluated = usable(evaluation, uses, problems);
        problems.throwIfAny("data: judgements that this loss cannot learn from", AlignException.Data::new);
        if (used.isEmpty()) {
            throw new AlignException.Data("data: no comparison says what this loss learns from; choose another loss");
        }
        int unused = train.size() - used.size() + evaluation.size() - evaluated.size();
        List<String> more = new ArrayList<>(notes);
        if (unused > 0) {
            more.add("data: " + unused + " comparisons say nothing that this loss learns from, such as only ties");
        }
        return new PreferenceData(used, evaluated, more, warnings);
    }

    /// What a user should read before the first step.
    public List<RunEvent> news() {
        List<RunEvent> news = new ArrayList<>();
        notes.forEach(note -> news.add(new RunEvent.Noted(note)));
        warnings.forEach(warning -> news.add(new RunEvent.Warned(warning)));
        return news;
    }

    private static List<TokenizedComparison> usable(
            List<TokenizedComparison> all, Predicate<Judgement> uses, Problems problems) {
        List<TokenizedComparison> used = new ArrayList<>();
        for (TokenizedComparison each : all) {
            try {
                if (uses.test(each.comparison().judgement())) {
                    used.add(each);
                }
            } catch (AlignException.Data fault) {
                problems.add(each.comparison().source() + ": " + fault.getMessage());
            }
        }
        return List.copyOf(used);
    }

    /// The first outputs of the evaluation, or of what is trained on where there is none.
    List<TokenizedExample> shown() {
        return (evaluation.isEmpty() ? train : evaluation)
                .stream().map(comparison -> comparison.outputs().getFirst()).toList();
    }

    private static List<Comparison> read(PreferenceDataConfig config, List<String> names, DataReport report) {
        List<Comparison> comparisons = new ArrayList<>();
        ComparisonReader reader = new ComparisonReader(config.forms(), report);
        try (Rows rows = Rows.open(names, config.reading(), report)) {
            while (rows.hasNext() && (config.limit() == 0 || comparisons.size() < config.limit())) {
                reader.read(rows.next()).ifPresent(comparisons::add);
            }
        }
        if (report.rowsRead() == 0) {
            throw new AlignException.Data(String.join(", ", names) + ": no rows; name files that hold some");
        }
        return Contradictions.without(comparisons, report);
    }
}
