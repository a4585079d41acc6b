package org.align4j.tokenizer.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The `tojson` filter as chat templates know it: Python's `json.dumps`, with no HTML escaping and
/// other alphabets left as they are.
final class Json {
    private final StringBuilder text = new StringBuilder();
    private final boolean asciiOnly;
    private final boolean sortKeys;
    private final Optional<String> indent;
    private final String itemSeparator;
    private final String keySeparator;

    private Json(Arguments.Bound options) {
        asciiOnly = options.flag("ensure_ascii");
        sortKeys = options.flag("sort_keys");
        indent = indent(options.get("indent", None.NONE));
        Object separators = options.get("separators", None.NONE);
        if (separators == None.NONE) {
            itemSeparator = indent.isPresent() ? "," : ", ";
            keySeparator = ": ";
        } else {
            List<Object> pair = Iteration.elements(separators);
            if (pair.size() != 2) {
                throw new Fault("tojson needs two separators, got " + pair.size());
            }
            itemSeparator = Strings.require(pair.get(0));
            keySeparator = Strings.require(pair.get(1));
        }
    }

    static Object filter(Object value, Arguments arguments) {
        Json json = new Json(arguments.bind("ensure_ascii", "indent", "separators", "sort_keys"));
        json.append(value, 0);
        return json.text.toString();
    }

    private static Optional<String> indent(Object given) {
        if (given == None.NONE) {
            return Optional.empty();
        }
        return Optional.of(
                Strings.isString(given)
                        ? Strings.of(given)
                        : Strings.repeat(" ", Math.max(0, Arithmetic.integer(given))));
    }

    private void append(Object value, int depth) {
        Limits.valueDepth(depth);
        switch (value) {
            case None _ -> text.append("null");
            case String string -> quote(string);
            case Markup markup -> quote(markup.text());
            case Boolean _, Long _, BigInteger _ -> text.append(value);
            case Double number -> text.append(decimal(number));
            case List<?> list -> appendList(list, depth);
            case Tuple tuple -> appendList(tuple.elements(), depth);
            case Map<?, ?> map -> appendMap(map, depth);
            default -> throw new Fault("Object of type " + Values.type(value) + " is not JSON serializable");
        }
        Limits.text(text.length());
    }

    private void appendList(List<?> list, int depth) {
        text.append('[');
        String separator = "";
        for (Object element : list) {
            text.append(separator);
            newLine(depth + 1);
            append(element, depth + 1);
            separator = itemSeparator;
        }
        close(list.isEmpty(), depth, ']');
    }

    private void appendMap(Map<?, ?> map, int depth) {
        text.append('{');
        String separator = "";
        Stream<? extends Map.Entry<?, ?>> entries = map.entrySet().stream();
        if (sortKeys) {
            entries = entries.sorted((a, b) -> Ordering.compare(a.getKey(), b.getKey(), "<"));
        }
        for (Map.Entry<?, ?> entry : entries.toList()) {
            text.append(separator);
            newLine(depth + 1);
            quote(key(entry.getKey()));
            text.append(keySeparator);
            append(entry.getValue(), depth + 1);
            separator = itemSeparator;
        }
        close(map.isEmpty(), depth, '}');
    }

    private void close(boolean empty, int depth, char bracket) {
        if (!empty) {
            newLine(depth);
        }
        text.append(bracket);
    }

    private void newLine(int depth) {
        indent.ifPresent(step -> text.append('\n').append(Strings.repeat(step, depth)));
    }

    private static String key(Object key) {
        return switch (key) {
            case String string -> string;
            case None _ -> "null";
            case Boolean _, Long _, BigInteger _ -> key.toString();
            case Double number -> decimal(number);
            default -> throw new Fault("keys must be str, int, float, bool or None, not " + Values.type(key));
        };
    }

    private static String decimal(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "Infinity" : "-Infinity";
        }
        return PythonText.decimal(number);
    }

    private void quote(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                default -> {
                    if (c < ' ' || (asciiOnly && c > '~')) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
