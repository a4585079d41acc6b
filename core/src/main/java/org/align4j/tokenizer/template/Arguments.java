package org.align4j.tokenizer.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The values given to a function, filter or test.
record Arguments(List<Object> positional, Map<String, Object> keywords) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(List<Object> positional) {
        return new Arguments(positional, Map.of());
    }

    /// The same without the first `count` positional ones.
    Arguments skip(int count) {
        return new Arguments(positional.subList(count, positional.size()), keywords);
    }

    /// Gives each value the name of its parameter; too many or unknown ones fail.
    Bound bind(String... parameters) {
        if (positional.size() > parameters.length) {
            throw new Fault("takes at most " + parameters.length + " arguments (" + positional.size() + " given)");
        }
        List<String> names = List.of(parameters);
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < positional.size(); i++) {
            values.put(names.get(i), positional.get(i));
        }
        keywords.forEach((name, value) -> {
            if (!names.contains(name)) {
                throw new Fault("got an unexpected keyword argument '" + name + "'");
            }
            if (values.put(name, value) != null) {
                throw new Fault("got multiple values for argument '" + name + "'");
            }
        });
        return new Bound(values);
    }

    /// Arguments by the names of their parameters.
    record Bound(Map<String, Object> values) {
        /// The argument, or `fallback` where it was left out.
        Object get(String name, Object fallback) {
            return values.getOrDefault(name, fallback);
        }

        Object require(String name) {
            Object value = values.get(name);
            if (value == null) {
                throw new Fault("missing a required argument: '" + name + "'");
            }
            return value;
        }

        boolean isGiven(String name) {
            return values.containsKey(name);
        }

        boolean flag(String name) {
            return Values.isTrue(get(name, false));
        }

        long integer(String name, long fallback) {
            return Arithmetic.integer(get(name, fallback));
        }

        /// A string argument; anything else fails.
        String text(String name) {
            return Strings.require(require(name));
        }

        String text(String name, String fallback) {
            return Strings.require(get(name, fallback));
        }
    }
}
