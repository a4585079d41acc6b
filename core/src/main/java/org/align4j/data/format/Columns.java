package org.align4j.data.format;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.SkipReason;
import org.align4j.data.rows.Row;
import org.jspecify.annotations.Nullable;

/// A row's values under the names that forms know, as the mapping of the configuration says.
record Columns(Row row, Map<String, String> mapping) {
    /// The names there are: the file's, and those that the mapping adds. A file's column that the
    /// mapping uses under another name does not count under its own.
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>(row.fields().keySet());
        names.removeAll(mapping.values());
        names.addAll(mapping.keySet());
        return names;
    }

    /// The value of a column, empty where the row has none or null.
    Optional<Object> value(String name) throws RowFault {
        @Nullable String from = mapping.get(name);
        if (from == null) {
            return Optional.ofNullable(row.fields().get(name));
        }
        if (row.fields().containsKey(from)) {
            return Optional.ofNullable(row.fields().get(from));
        }
        return from.indexOf('{') >= 0 ? Optional.of(fill(name, from)) : path(from);
    }

    /// A column that must be a text.
    String text(String name) throws RowFault {
        Object value = value(name)
                .orElseThrow(
                        () -> new RowFault(SkipReason.MISSING_COLUMN, "missing \"" + shown(name) + "\"; " + found()));
        if (value instanceof String text) {
            return text;
        }
        throw RowFault.type(shown(name), value, "a text");
    }

    /// A column that is a text where it is there at all.
    String textOrEmpty(String name) throws RowFault {
        return value(name).isEmpty() ? "" : text(name);
    }

    /// The columns of the row, for messages.
    String found() {
        List<String> names = row.fields().keySet().stream()
                .map(name -> name.length() > 30 ? name.substring(0, 30) + "…" : name)
                .toList();
        return "columns found: " + String.join(", ", names);
    }

    private String shown(String name) {
        return mapping.getOrDefault(name, name);
    }

    /// Follows `column.key.0`; a missing step is an absent value.
    private Optional<Object> path(String path) {
        @Nullable Object value = row.fields();
        for (String step : path.split("\\.")) {
            if (value instanceof Map<?, ?> object) {
                value = object.get(step);
            } else if (value instanceof List<?> list && step.matches("[0-9]{1,6}")) {
                int index = Integer.parseInt(step);
                value = index < list.size() ? list.get(index) : null;
            } else {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(value);
    }

    private String fill(String name, String template) throws RowFault {
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < template.length()) {
            char c = template.charAt(i);
            boolean doubled = i + 1 < template.length() && template.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                text.append(c);
                i += 2;
            } else if (c == '{') {
                int end = template.indexOf('}', i);
                if (end < 0) {
                    throw new RowFault(
                            SkipReason.MISSING_COLUMN,
                            "data.columns." + name + ": the brace at " + i + " is never closed; write {{ for a brace");
                }
                text.append(inserted(template.substring(i + 1, end)));
                i = end + 1;
            } else {
                text.append(c);
                i++;
            }
        }
        return text.toString();
    }

    private String inserted(String column) throws RowFault {
        Optional<Object> value = row.fields().containsKey(column)
                ? Optional.ofNullable(row.fields().get(column))
                : path(column);
        Object present = value.orElseThrow(
                () -> new RowFault(SkipReason.MISSING_COLUMN, "missing \"" + column + "\"; " + found()));
        if (present instanceof String || present instanceof Number || present instanceof Boolean) {
            return String.valueOf(present);
        }
        throw RowFault.type(column, present, "a text or a number");
    }
}
