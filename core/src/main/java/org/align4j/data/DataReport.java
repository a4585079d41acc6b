package org.align4j.data;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;

/// Counts what became of the rows of a data set: read, used, left out by reason, and what else a
/// user should know. Written by readers, formats and the encoder; printed by trainers. One thread.
public final class DataReport {
    /// Examples kept for each reason; the others are counted.
    private static final int EXAMPLES = 5;

    /// How often something happened, with its first places.
    ///
    /// @param count how often
    /// @param examples `file:line: what is wrong`, the first five
    public record Tally(long count, List<String> examples) {
        public Tally {
            examples = List.copyOf(examples);
        }

        Tally plus(String example) {
            if (examples.size() >= EXAMPLES) {
                return new Tally(count + 1, examples);
            }
            List<String> more = new ArrayList<>(examples);
            more.add(example);
            return new Tally(count + 1, more);
        }
    }

    private static final Tally NONE = new Tally(0, List.of());

    private final Map<SkipReason, Tally> skipped = new EnumMap<>(SkipReason.class);
    private final Map<String, Tally> notes = new LinkedHashMap<>();
    private long rowsRead;
    private long used;

    /// A row was read, whether or not it can be used.
    public void read() {
        rowsRead++;
    }

    /// A row became an example that is trained or evaluated on.
    public void use() {
        used++;
    }

    /// A row is left out.
    public void skip(SkipReason reason, Source at, String fault) {
        skipped.put(reason, skipped.getOrDefault(reason, NONE).plus(at + ": " + fault));
    }

    /// Something worth a line that leaves the row in use, such as `truncated at the end`.
    public void note(String what, Source at) {
        notes.put(what, notes.getOrDefault(what, NONE).plus(at.toString()));
    }

    /// As [#note(String, Source)], with what is wrong there.
    public void note(String what, Source at, String fault) {
        notes.put(what, notes.getOrDefault(what, NONE).plus(at + ": " + fault));
    }

    public long rowsRead() {
        return rowsRead;
    }

    public long used() {
        return used;
    }

    public Tally skipped(SkipReason reason) {
        return skipped.getOrDefault(reason, NONE);
    }

    public Tally noted(String what) {
        return notes.getOrDefault(what, NONE);
    }

    /// Rows left out that are faults of the data.
    public long faults() {
        return skipped.entrySet().stream()
                .filter(entry -> entry.getKey().fault())
                .mapToLong(entry -> entry.getValue().count())
                .sum();
    }

    /// One line, then one for each reason and note, with their first places.
    public String summary() {
        StringBuilder text = new StringBuilder(rowsRead + " rows read, " + used + " used");
        describe(text);
        return text.toString();
    }

    /// The lines of [#summary] below the first, each reason and note with its first places.
    public List<String> problems() {
        StringBuilder text = new StringBuilder();
        describe(text);
        return text.toString().lines().skip(1).toList();
    }

    private void describe(StringBuilder text) {
        skipped.forEach((reason, tally) -> describe(text, "left out: " + reason.description(), tally));
        notes.forEach((what, tally) -> describe(text, what, tally));
    }

    private static void describe(StringBuilder text, String what, Tally tally) {
        text.append("\n  ").append(what).append(": ").append(tally.count());
        for (String example : tally.examples()) {
            text.append("\n    ").append(example);
        }
        if (tally.count() > tally.examples().size()) {
            text.append("\n    … and ")
                    .append(tally.count() - tally.examples().size())
                    .append(" more");
        }
    }

    /// Applies the policy once the data has been read.
    ///
    /// @throws AlignException.Data when rows had to be left out and `onError` is [OnError#FAIL], or
    ///     when no row is left to use
    public void check(OnError onError) {
        if (onError == OnError.FAIL && faults() > 0) {
            throw new AlignException.Data("data: " + faults() + " of " + rowsRead
                    + " rows cannot be used; mend them, or leave them out with data.on_error: skip (a command: --on-error skip)\n"
                    + summary());
        }
        if (used == 0) {
            throw new AlignException.Data("data: no example to use; name files that hold some\n" + summary());
        }
    }
}
