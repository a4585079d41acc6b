package org.align4j.data.flan.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.align4j.data.SkipReason;
import org.align4j.data.rows.Row;
import org.jspecify.annotations.Nullable;

/// Reads a row's columns.
record Values(Row row) {
    /// A column that must hold a text or a number.
    String text(String column) throws Unusable {
        if (!row.fields().containsKey(column)) {
            throw new Unusable(
                    SkipReason.MISSING_COLUMN,
                    "missing \"" + column + "\"; columns found: "
                            + String.join(", ", row.fields().keySet()));
        }
        return text(column, row.fields().get(column));
    }

    /// A text; empty where the column is absent or null.
    String optional(String column) throws Unusable {
        @Nullable Object value = row.fields().get(column);
        return value == null ? "" : text(column, value);
    }

    /// A column, or a text with columns in braces.
    String filled(String pattern) throws Unusable {
        if (pattern.isEmpty()) {
            return "";
        }
        if (pattern.indexOf('{') < 0) {
            return text(pattern);
        }
        StringBuilder filled = new StringBuilder();
        int at = 0;
        for (int open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', at)) {
            int close = pattern.indexOf('}', open);
            if (close < 0) {
                break;
            }
            filled.append(pattern, at, open).append(text(pattern.substring(open + 1, close)));
            at = close + 1;
        }
        return filled.append(pattern, at, pattern.length()).toString();
    }

    /// A list of texts, or a text with `|` between.
    List<String> list(String column) throws Unusable {
        return switch (row.fields().get(column)) {
            case List<?> list -> {
                List<String> texts = new ArrayList<>();
                for (Object element : list) {
                    texts.add(text(column, element));
                }
                yield texts;
            }
            // the form in which multiple-choice sets are often published: texts under their labels
            case Map<?, ?> map
            when map.get("text") instanceof List<?> texts ->
                texts.stream().map(String::valueOf).toList();
            case String text
            when !text.isBlank() ->
                Arrays.stream(text.split("\\|")).map(String::strip).toList();
            case null, default ->
                throw new Unusable(
                        SkipReason.NO_CHOICES, "\"" + column + "\" holds no choices; expected a list of texts");
        };
    }

    /// The columns that are not in `used`.
    Map<String, @Nullable Object> without(Set<String> used) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(row.fields());
        rest.keySet().removeAll(used);
        return rest;
    }

    private static String text(String column, @Nullable Object value) throws Unusable {
        return switch (value) {
            case String text -> text;
            case Number number -> number.toString();
            case Boolean bool -> bool.toString();
            case null -> throw new Unusable(SkipReason.MISSING_COLUMN, "\"" + column + "\" is null; expected a text");
            default ->
                throw new Unusable(
                        SkipReason.WRONG_TYPE, "\"" + column + "\" is neither text nor number; expected one of them");
        };
    }
}
