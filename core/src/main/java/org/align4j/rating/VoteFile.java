package org.align4j.rating;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.DataReport;
import org.align4j.data.OnError;
import org.align4j.data.SkipReason;
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
    /// @throws AlignException.Data naming rows that cannot be used, or where there is no vote
    public static List<Vote> read(List<String> names) {
        DataReport report = new DataReport();
        List<Vote> votes = read(names, report);
        report.check(OnError.FAIL);
        return votes;
    }

    /// The votes of all rows that are some; the others are entered in the report.
    ///
    /// @param names files, directories or globs
    /// @throws AlignException.Data when a name stands for no file
    public static List<Vote> read(List<String> names, DataReport report) {
        List<Vote> votes = new ArrayList<>();
        ComparisonReader comparisons = new ComparisonReader(ComparisonOptions.DEFAULT, report);
        try (Rows rows = Rows.open(names, ReadOptions.DEFAULT, report)) {
            while (rows.hasNext()) {
                Row row = rows.next();
                if (row.fields().containsKey("outputs")) {
                    comparisons.read(row).map(VoteFile::vote).ifPresent(votes::add);
                    continue;
                }
                try {
                    votes.add(vote(row));
                } catch (AlignException.Data fault) {
                    report.skip(SkipReason.NO_VOTE, row.source(), String.valueOf(fault.getMessage()));
                }
            }
        }
        votes.forEach(vote -> report.use());
        return votes;
    }

    private static Vote vote(Comparison comparison) {
        return new Vote(
                comparison.judgement(),
                comparison.annotation().labeler(),
                Optional.of(comparison.prompt().toString()));
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
            return tie(row.fields().get("tie"))
                    ? Preference.tie(text(row, WINNER), text(row, LOSER))
                    : Preference.strict(text(row, WINNER), text(row, LOSER));
        }
        throw new AlignException.Data("no vote in the columns " + String.join(", ", columns)
                + "; expected ranking, or winner and loser, or model_a, model_b and winner");
    }

    private static boolean tie(@Nullable Object value) {
        return Row.truth(value)
                .orElseThrow(() -> new AlignException.Data("\"tie\" is " + value + "; expected true or false"));
    }

    private static Ranking ranking(@Nullable Object value) {
        return switch (value) {
            case String text -> Ranking.parse(text);
            case List<?> places ->
                new Ranking(places.stream().map(VoteFile::place).toList());
            case null, default ->
                throw new AlignException.Data(
                        "\"ranking\" is " + value + "; write it like \"D > C > A = B\" or as a list of groups");
        };
    }

    /// One id, or several that share the place.
    private static List<String> place(Object place) {
        List<?> ids = place instanceof List<?> group ? group : List.of(place);
        return ids.stream()
                .map(id -> Optional.of(String.valueOf(id))
                        .filter(name -> !name.isBlank())
                        .orElseThrow(() -> new AlignException.Data("\"ranking\" has an empty place; name an item")))
                .toList();
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
