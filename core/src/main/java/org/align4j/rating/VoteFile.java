package org.align4j.rating;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.DataReport;
import org.align4j.data.format.ComparisonOptions;
import org.align4j.data.format.ComparisonReader;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Judgement;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.jspecify.annotations.Nullable;

/// Reads votes from data files. A row is one of
///
/// - `ranking`: `D > C > A = B`, or a list of ids or of groups of ids;
/// - `winner`, `loser`, and `tie` (true or false) if need be;
/// - `model_a`, `model_b` and `winner`: `model_a`, `model_b`, or a word that begins with `tie`;
/// - a comparison that reward models learn from, whose outputs' ids are the items (`prompt`,
///   `outputs` and `ranking`, `ratings` or `best`).
///
/// Each may have `labeler` (or `judge`) and `prompt` (or `question`), on which agreement is
/// computed.
public final class VoteFile {
    private static final String RANKING = "ranking";
    private static final String WINNER = "winner";
    private static final String LOSER = "loser";
    private static final String MODEL_A = "model_a";
    private static final String MODEL_B = "model_b";

    private VoteFile() {}

    /// The votes of all files.
    ///
    /// @param names files, directories or globs
    /// @throws AlignException.Data naming all rows that cannot be used
    public static List<Vote> read(List<String> names) {
        DataReport report = new DataReport();
        Problems problems = new Problems();
        List<Vote> votes = new ArrayList<>();
        List<Row> comparisons = new ArrayList<>();
        try (Rows rows = Rows.open(names, ReadOptions.DEFAULT, report)) {
            while (rows.hasNext()) {
                Row row = rows.next();
                if (row.fields().keySet().contains("outputs")) {
                    comparisons.add(row);
                    continue;
                }
                try {
                    votes.add(vote(row));
                } catch (AlignException.Data fault) {
                    problems.add(row.source() + ": " + fault.getMessage());
                }
            }
        }
        votes.addAll(comparisons(comparisons.iterator(), report));
        report.problems().forEach(problem -> problems.add(problem.strip()));
        problems.throwIfAny("votes that cannot be used; mend or delete the rows:", AlignException.Data::new);
        if (votes.isEmpty()) {
            throw new AlignException.Data(String.join(", ", names) + ": no votes; name files that hold some");
        }
        return votes;
    }

    private static List<Vote> comparisons(Iterator<Row> rows, DataReport report) {
        List<Comparison> comparisons = new ComparisonReader(ComparisonOptions.DEFAULT, report).readAll(rows);
        return comparisons.stream()
                .map(comparison -> new Vote(
                        comparison.judgement(),
                        comparison.annotation().labeler(),
                        Optional.of(comparison.prompt().toString())))
                .toList();
    }

    private static Vote vote(Row row) {
        return new Vote(judgement(row), first(row, "labeler", "judge"), first(row, "prompt", "question"));
    }

    private static Judgement judgement(Row row) {
        Set<String> columns = row.fields().keySet();
        if (columns.contains(RANKING)) {
            return ranking(row.fields().get(RANKING));
        }
        if (columns.containsAll(Set.of(MODEL_A, MODEL_B, WINNER))) {
            return match(text(row, MODEL_A), text(row, MODEL_B), text(row, WINNER));
        }
        if (columns.containsAll(Set.of(WINNER, LOSER))) {
            return Boolean.TRUE.equals(row.fields().get("tie"))
                    ? Preference.tie(text(row, WINNER), text(row, LOSER))
                    : Preference.strict(text(row, WINNER), text(row, LOSER));
        }
        throw new AlignException.Data("no vote in the columns " + String.join(", ", columns)
                + "; expected ranking, or winner and loser, or model_a, model_b and winner");
    }

    private static Ranking ranking(@Nullable Object value) {
        return switch (value) {
            case String text -> Ranking.parse(text);
            case List<?> places ->
                new Ranking(places.stream()
                        .map(place -> place instanceof List<?> group
                                ? group.stream().map(String::valueOf).toList()
                                : List.of(String.valueOf(place)))
                        .toList());
            case null, default ->
                throw new AlignException.Data(
                        "\"ranking\" is " + value + "; write it like \"D > C > A = B\" or as a list of groups");
        };
    }

    private static Preference match(String one, String other, String winner) {
        return switch (winner.toLowerCase(Locale.ROOT)) {
            case MODEL_A -> Preference.strict(one, other);
            case MODEL_B -> Preference.strict(other, one);
            case String word when word.startsWith("tie") -> Preference.tie(one, other);
            default ->
                throw new AlignException.Data("\"winner\" is \"" + winner + "\"; expected model_a, model_b or tie");
        };
    }

    private static String text(Row row, String column) {
        return first(row, column)
                .orElseThrow(() -> new AlignException.Data("\"" + column + "\" is empty; name an item"));
    }

    /// The first of the columns that has a text or a number.
    private static Optional<String> first(Row row, String... columns) {
        Map<String, ?> fields = row.fields();
        return Arrays.stream(columns)
                .map(fields::get)
                .filter(value -> value instanceof String || value instanceof Number)
                .map(String::valueOf)
                .filter(value -> !value.isBlank())
                .findFirst();
    }
}
