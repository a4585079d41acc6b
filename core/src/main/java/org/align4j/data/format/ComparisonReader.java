package org.align4j.data.format;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.Completion;
import org.align4j.data.DataReport;
import org.align4j.data.Prompt;
import org.align4j.data.SkipReason;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Judgement;
import org.align4j.data.preference.Label;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ratings;
import org.align4j.data.preference.Unjudged;
import org.align4j.data.rows.Row;
import org.align4j.error.AlignException;

/// Makes comparisons of rows. All rows of one reader must have one form: the first usable row's,
/// where the configuration names none. What contradicts earlier rows is for
/// [org.align4j.data.preference.Contradictions] to find.
public final class ComparisonReader {
    private static final String CHOSEN = "chosen";
    private static final String REJECTED = "rejected";

    private final ComparisonOptions options;
    private final DataReport report;
    private Optional<ComparisonFormat> form;

    public ComparisonReader(ComparisonOptions options, DataReport report) {
        this.options = options;
        this.report = report;
        this.form = Optional.of(options.format()).filter(format -> format != ComparisonFormat.AUTO);
    }

    /// The comparisons of all rows that are some; the others are entered in the report.
    public List<Comparison> readAll(Iterator<Row> rows) {
        List<Comparison> comparisons = new ArrayList<>();
        rows.forEachRemaining(row -> read(row).ifPresent(comparisons::add));
        return comparisons;
    }

    /// The comparison in a row, or empty and an entry in the report.
    public Optional<Comparison> read(Row row) {
        Columns columns = new Columns(row, options.columns());
        try {
            ComparisonFormat format = form(columns);
            Comparison comparison = comparison(format, columns);
            check(comparison);
            form = Optional.of(format);
            return Optional.of(comparison);
        } catch (RowFault fault) {
            report.skip(fault.reason(), row.source(), String.valueOf(fault.getMessage()));
        } catch (AlignException.Data fault) {
            report.skip(SkipReason.BAD_JUDGEMENT, row.source(), String.valueOf(fault.getMessage()));
        }
        return Optional.empty();
    }

    /// The form of the rows so far, empty before the first usable one.
    public Optional<ComparisonFormat> form() {
        return form;
    }

    private ComparisonFormat form(Columns columns) throws RowFault {
        Set<String> names = columns.names();
        if (form.isPresent()) {
            ComparisonFormat known = form.get();
            if (!names.containsAll(known.required())) {
                throw new RowFault(
                        SkipReason.MISSING_COLUMN,
                        columns.found() + "; expected " + String.join(" + ", known.required())
                                + (options.format() == ComparisonFormat.AUTO ? " like the rows before" : ""));
            }
            return known;
        }
        ComparisonFormat fitting = ComparisonFormat.fitting(names)
                .orElseThrow(() -> new RowFault(
                        SkipReason.MISSING_COLUMN,
                        columns.found() + "; known forms: " + ComparisonFormat.known()
                                + "; map other names with data.columns"));
        boolean transcripts = fitting == ComparisonFormat.PAIR
                && columns.value("prompt").isEmpty()
                && Transcript.is(columns.value(CHOSEN).orElse(""))
                && Transcript.is(columns.value(REJECTED).orElse(""));
        return transcripts ? ComparisonFormat.TRANSCRIPTS : fitting;
    }

    private Comparison comparison(ComparisonFormat format, Columns columns) throws RowFault {
        return switch (format) {
            case TRANSCRIPTS -> pair(columns, Transcript.sides(columns.text(CHOSEN), columns.text(REJECTED)));
            case PAIR -> pair(columns, sides(columns));
            case RANKING -> several(columns, OutputColumns::ranking);
            case RATINGS -> several(columns, OutputColumns::ratings);
            case BEST -> several(columns, OutputColumns::best);
            case OUTPUTS -> several(columns, (read, ids) -> new Unjudged(List.copyOf(ids)));
            case COMPLETION -> single(columns, new Unjudged(List.of("A")));
            case RATING -> {
                double rating = Scalars.number(
                        "rating", String.valueOf(columns.value("rating").orElse("")));
                yield single(columns, new Ratings(Map.of("A", rating)));
            }
            case LABEL -> single(columns, new Label("A", Scalars.truth(columns, "label")));
            case AUTO -> throw new IllegalStateException("resolved before");
        };
    }

    private Comparison pair(Columns columns, Sides sides) throws RowFault {
        Optional<Double> margin = Scalars.number(columns, "margin");
        Optional<Double> probability = Scalars.number(columns, "probability");
        // a probability below a half prefers the other side
        boolean turned =
                probability.filter(chosen -> chosen >= 0 && chosen < 0.5).isPresent();
        if (turned && margin.orElse(0.0) != 0) {
            throw new RowFault(
                    SkipReason.BAD_JUDGEMENT,
                    "\"margin\" says that \"chosen\" is better, \"probability\" " + probability.orElseThrow()
                            + " that it isn't; correct one of them");
        }
        Preference preference = new Preference(
                CHOSEN,
                REJECTED,
                Scalars.truth(columns, "tie"),
                margin,
                turned ? probability.map(chosen -> 1 - chosen) : probability);
        Map<String, Completion> outputs = new LinkedHashMap<>();
        outputs.put(CHOSEN, turned ? sides.rejected() : sides.chosen());
        outputs.put(REJECTED, turned ? sides.chosen() : sides.rejected());
        return comparison(columns, sides.prompt(), outputs, preference);
    }

    private Sides sides(Columns columns) throws RowFault {
        Object chosen = columns.value(CHOSEN).orElse("");
        Object rejected = columns.value(REJECTED).orElse("");
        if (columns.value("prompt").isPresent()) {
            Prompt prompt = PromptReader.of(columns);
            OutputColumns outputs = new OutputColumns(columns, new EndMark(options.endMark()));
            return new Sides(
                    prompt, outputs.completion(CHOSEN, prompt, chosen), outputs.completion(REJECTED, prompt, rejected));
        }
        if (chosen instanceof List<?> && rejected instanceof List<?>) {
            return Sides.ofTurns(
                    MessageList.of(CHOSEN, chosen), MessageList.of(REJECTED, rejected), ExampleReader.tools(columns));
        }
        EndMark endMark = new EndMark(options.endMark());
        return Sides.ofTexts(
                columns.textOrEmpty("system"), endMark.off(columns.text(CHOSEN)), endMark.off(columns.text(REJECTED)));
    }

    /// Reads what is said about outputs with these ids.
    @FunctionalInterface
    private interface Reading {
        Judgement of(OutputColumns columns, Set<String> ids) throws RowFault;
    }

    private Comparison several(Columns columns, Reading reading) throws RowFault {
        OutputColumns outputColumns = new OutputColumns(columns, new EndMark(options.endMark()));
        Prompt prompt = PromptReader.of(columns);
        Map<String, Completion> outputs = outputColumns.outputs(prompt);
        return comparison(columns, prompt, outputs, reading.of(outputColumns, outputs.keySet()));
    }

    private Comparison single(Columns columns, Judgement judgement) throws RowFault {
        Prompt prompt = PromptReader.of(columns);
        Completion completion = new OutputColumns(columns, new EndMark(options.endMark()))
                .completion("completion", prompt, columns.value("completion").orElse(""));
        return comparison(columns, prompt, Map.of("A", completion), judgement);
    }

    private static Comparison comparison(
            Columns columns, Prompt prompt, Map<String, Completion> outputs, Judgement judgement) throws RowFault {
        return new Comparison(
                prompt,
                outputs,
                judgement,
                Scalars.annotation(columns),
                columns.row().source());
    }

    private void check(Comparison comparison) throws RowFault {
        boolean judged = !(comparison.judgement() instanceof Unjudged);
        Map<Completion, String> seen = new LinkedHashMap<>();
        for (Map.Entry<String, Completion> output : comparison.outputs().entrySet()) {
            if (output.getValue().isEmpty() && !options.allowEmpty()) {
                throw new RowFault(
                        SkipReason.EMPTY_COMPLETION,
                        "output \"" + output.getKey() + "\" is empty; to judge those too set data.allow_empty: true");
            }
            String twin = seen.put(output.getValue(), output.getKey());
            if (judged && twin != null) {
                throw new RowFault(
                        SkipReason.IDENTICAL_OUTPUTS,
                        "outputs \"" + twin + "\" and \"" + output.getKey() + "\" are the same");
            }
        }
        if (comparison.judgement() instanceof Ratings ratings) {
            for (Map.Entry<String, Double> rating : ratings.values().entrySet()) {
                if (rating.getValue() < options.lowestRating() || rating.getValue() > options.highestRating()) {
                    throw new RowFault(
                            SkipReason.BAD_JUDGEMENT,
                            "output \"" + rating.getKey() + "\" is rated " + rating.getValue() + "; expected "
                                    + options.lowestRating() + " to " + options.highestRating());
                }
            }
        }
    }
}
