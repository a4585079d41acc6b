package org.align4j.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.format.DataFormat;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.train.sft.DataConfig;
import org.jspecify.annotations.Nullable;

/// What files of examples hold.
///
/// @param rows that could be read
/// @param form how they are read as examples, or empty where no row is one
/// @param columns by name in the order of their first appearance
/// @param duplicates examples equal to an earlier one
/// @param first the first rows
/// @param report what is wrong with the others
public record DataFacts(
        long rows,
        Optional<DataFormat> form,
        Map<String, Column> columns,
        long duplicates,
        List<Row> first,
        DataReport report) {
    /// A column.
    ///
    /// @param present rows that have it
    /// @param empty of those, rows in which it is null or blank
    /// @param type what its values are: text, number, list, …; several are joined by a bar
    /// @param characters mean length of its texts
    public record Column(long present, long empty, String type, double characters) {}

    /// Reads all rows that `config` names, at most `config.limit()` where it isn't 0.
    ///
    /// @param shown how many rows are kept
    /// @throws org.align4j.error.AlignException.Data where a name stands for no file
    public static DataFacts of(DataConfig config, int shown) {
        DataReport report = new DataReport();
        ExampleReader reader = new ExampleReader(config.forms(), report);
        Map<String, Tally> tallies = new LinkedHashMap<>();
        Map<Object, Long> contents = new HashMap<>();
        List<Row> first = new ArrayList<>();
        long count = 0;
        try (Rows rows = config.open(config.train(), report)) {
            while (rows.hasNext() && (config.limit() == 0 || count < config.limit())) {
                Row row = rows.next();
                count++;
                row.fields()
                        .forEach((name, value) -> tallies.computeIfAbsent(name, key -> new Tally())
                                .add(value));
                reader.read(row).map(Example::content).ifPresent(content -> contents.merge(content, 1L, Long::sum));
                if (first.size() < shown) {
                    first.add(row);
                }
            }
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        tallies.forEach((name, tally) -> columns.put(name, tally.column()));
        long duplicates =
                contents.values().stream().mapToLong(times -> times - 1).sum();
        return new DataFacts(count, reader.form(), columns, duplicates, first, report);
    }

    /// Counts one column's values.
    private static final class Tally {
        private final Map<String, Long> types = new LinkedHashMap<>();
        private long present;
        private long empty;
        private long texts;
        private long characters;

        void add(@Nullable Object value) {
            present++;
            if (value == null || (value instanceof String text && text.isBlank())) {
                empty++;
                return;
            }
            types.merge(type(value), 1L, Long::sum);
            if (value instanceof String text) {
                texts++;
                characters += text.codePointCount(0, text.length());
            }
        }

        private static String type(Object value) {
            return switch (value) {
                case String _ -> "text";
                case Number _ -> "number";
                case Boolean _ -> "true or false";
                case List<?> _ -> "list";
                case Map<?, ?> _ -> "object";
                default -> value.getClass().getSimpleName();
            };
        }

        Column column() {
            String type = types.isEmpty() ? "empty" : String.join(" | ", types.keySet());
            return new Column(present, empty, type, texts == 0 ? 0 : (double) characters / texts);
        }
    }
}
