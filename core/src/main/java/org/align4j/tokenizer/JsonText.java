package org.align4j.tokenizer;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes JSON from plain values. A vocabulary is written in a young process, on the way to the
/// first token: there, starting a JSON library takes longer than all the rest of loading the
/// tokenizer.
final class JsonText {
    private final StringBuilder text;

    JsonText(int capacity) {
        text = new StringBuilder(capacity);
    }

    JsonText raw(String json) {
        text.append(json);
        return this;
    }

    /// A map, list, string, number, truth value or null.
    JsonText value(@Nullable Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    raw(separator)
                            .quoted(String.valueOf(entry.getKey()))
                            .raw(":")
                            .value(entry.getValue());
                    separator = ",";
                }
                raw(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                String separator = "[";
                for (Object element : list) {
                    raw(separator).value(element);
                    separator = ",";
                }
                raw(list.isEmpty() ? "[]" : "]");
            }
            case String string -> quoted(string);
            case null -> raw("null");
            default -> raw(value.toString());
        }
        return this;
    }

    JsonText number(int value) {
        text.append(value);
        return this;
    }

    JsonText quoted(String value) {
        text.append('"');
        int done = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                text.append(value, done, i).append("\\u%04x".formatted((int) c));
                done = i + 1;
            }
        }
        text.append(value, done, value.length()).append('"');
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
