package org.align4j.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.align4j.error.Problems;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads one JSON object of a `config.json` and remembers which keys were asked for, so that the
/// others can be reported. Wrong values are added to `problems`; the caller then gets a harmless
/// stand-in and goes on, and must call [Problems#throwIfAny] before it uses anything.
final class ConfigReader {
    private final String prefix;
    private final JsonNode values;
    private final @Nullable JsonNode defaults;
    private final Problems problems;
    private final Set<String> asked = new HashSet<>();

    /// @param prefix what stands before the keys in messages: empty, or `rope_scaling.`
    /// @param values the object as it is in the file
    /// @param defaults values of keys that `values` lacks; a key that is null in the file stays
    ///     null
    ConfigReader(String prefix, JsonNode values, @Nullable JsonNode defaults, Problems problems) {
        this.prefix = prefix;
        this.values = values;
        this.defaults = defaults;
        this.problems = problems;
    }

    /// The value under `key`, with the default where the file has none; empty if null or absent in
    /// both.
    Optional<JsonNode> find(String key) {
        asked.add(key);
        JsonNode value = values.get(key);
        if (value == null && defaults != null) {
            value = defaults.get(key);
        }
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    /// Whether the file itself gives `key` a value.
    boolean gives(String key) {
        return values.hasNonNull(key);
    }

    /// A whole number ≥ 1; 1 stands in for a wrong one.
    int size(String key) {
        Optional<JsonNode> value = find(key);
        if (value.isEmpty()) {
            fault(key, "is missing; give a positive whole number");
            return 1;
        }
        return positive(key, value.get());
    }

    /// A whole number ≥ 1, if there is one.
    OptionalInt optionalSize(String key) {
        return find(key).map(value -> OptionalInt.of(positive(key, value))).orElse(OptionalInt.empty());
    }

    static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt();
    }

    private int positive(String key, JsonNode value) {
        if (!isWhole(value) || value.intValue() < 1) {
            fault(key, "is " + value + "; it must be a positive whole number");
            return 1;
        }
        return value.intValue();
    }

    /// A number; 1 stands in for a wrong one.
    double number(String key) {
        OptionalDouble value = optionalNumber(key);
        if (value.isEmpty()) {
            fault(key, "is missing; give a number");
        }
        return value.orElse(1);
    }

    OptionalDouble optionalNumber(String key) {
        Optional<JsonNode> value = find(key);
        if (value.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (!value.get().isNumber() || !Double.isFinite(value.get().doubleValue())) {
            fault(key, "is " + value.get() + "; it must be a number");
            return OptionalDouble.of(1);
        }
        return OptionalDouble.of(value.get().doubleValue());
    }

    /// A number > 0; 1 stands in for a wrong one.
    double positiveNumber(String key) {
        double value = number(key);
        if (!(value > 0)) {
            fault(key, "is " + value + "; it must be greater than 0");
            return 1;
        }
        return value;
    }

    /// True or false; false where absent.
    boolean flag(String key) {
        Optional<JsonNode> value = find(key);
        if (value.isPresent() && !value.get().isBoolean()) {
            fault(key, "is " + value.get() + "; it must be true or false");
            return false;
        }
        return value.isPresent() && value.get().booleanValue();
    }

    Optional<String> text(String key) {
        Optional<JsonNode> value = find(key);
        if (value.isPresent() && !value.get().isString()) {
            fault(key, "is " + value.get() + "; it must be a string");
            return Optional.empty();
        }
        return value.map(JsonNode::stringValue);
    }

    List<String> texts(String key) {
        return list(key, "strings", JsonNode::isString, JsonNode::stringValue);
    }

    List<Double> numbers(String key) {
        return list(key, "numbers", JsonNode::isNumber, JsonNode::doubleValue);
    }

    List<Integer> integers(String key) {
        return list(key, "whole numbers", ConfigReader::isWhole, JsonNode::intValue);
    }

    private <T> List<T> list(String key, String kind, Function<JsonNode, Boolean> right, Function<JsonNode, T> value) {
        Optional<JsonNode> node = find(key);
        List<T> items = new ArrayList<>();
        if (node.isPresent()) {
            boolean wrong = !node.get().isArray();
            for (JsonNode item : node.get()) {
                if (right.apply(item)) {
                    items.add(value.apply(item));
                } else {
                    wrong = true;
                }
            }
            if (wrong) {
                fault(key, "is " + node.get() + "; it must be a list of " + kind);
            }
        }
        return items;
    }

    /// An object inside this one, with its own record of what was asked for.
    Optional<ConfigReader> object(String key) {
        Optional<JsonNode> value = find(key);
        if (value.isPresent() && !value.get().isObject()) {
            fault(key, "is " + value.get() + "; it must be an object");
            return Optional.empty();
        }
        return value.map(node -> new ConfigReader(prefix + key + ".", node, null, problems));
    }

    /// Accepts `key` only with one of the values `accepted` (as JSON text), or null or absent.
    void accept(String key, String why, String... accepted) {
        asked.add(key);
        JsonNode value = values.get(key);
        if (value != null && !value.isNull() && !List.of(accepted).contains(value.toString())) {
            fault(key, "is " + value + ", which is not supported: " + why);
        }
    }

    /// Keys that change nothing here whatever their value.
    void ignore(Collection<String> keys) {
        asked.addAll(keys);
    }

    /// Reports every key that nothing asked for. A key that is null says nothing and passes.
    void rejectTheRest() {
        for (String key : values.propertyNames()) {
            if (!asked.contains(key) && values.hasNonNull(key)) {
                String hint = Problems.nearest(key, asked)
                        .filter(near -> !values.has(near))
                        .map(near -> "; did you mean \"" + near + "\"?")
                        .orElse("; remove it if it changes nothing in the model");
                fault(key, "is " + shortened(values.get(key)) + ", which Align4J doesn't understand" + hint);
            }
        }
    }

    private static String shortened(@Nullable JsonNode value) {
        String text = String.valueOf(value);
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    void fault(String key, String message) {
        problems.add("\"" + prefix + key + "\" " + message);
    }
}
