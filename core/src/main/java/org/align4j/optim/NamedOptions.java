package org.align4j.optim;

import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.jspecify.annotations.Nullable;

/// Settings by name as a configuration file gives them: numbers and flags, or texts that spell
/// them. Faults are collected; [#finish] throws them together with the names that nobody asked for.
final class NamedOptions {
    private final String place;
    private final Map<String, ? extends Object> options;
    private final Set<String> known = new HashSet<>();
    private final Problems problems = new Problems();

    NamedOptions(String place, Map<String, ? extends Object> options) {
        this.place = place;
        this.options = options;
    }

    Optional<Double> share(String name) {
        return number(name, v -> v >= 0 && v <= 1, "between 0 and 1");
    }

    Optional<Double> positive(String name) {
        return number(name, v -> v > 0 && Double.isFinite(v), "a positive number");
    }

    Optional<Double> atLeastZero(String name) {
        return number(name, v -> v >= 0 && Double.isFinite(v), "a number of at least 0");
    }

    /// A number for which `valid` holds; empty where the name is absent or null.
    Optional<Double> number(String name, DoublePredicate valid, String expected) {
        Object value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        double number = spelled(value);
        if (!valid.test(number)) {
            fault(name, value + " is not " + expected);
            return Optional.empty();
        }
        return Optional.of(number);
    }

    /// NaN, which no range holds, for what is no number.
    private static double spelled(Object value) {
        try {
            return value instanceof Number number ? number.doubleValue() : Double.parseDouble(value.toString());
        } catch (NumberFormatException _) {
            return Double.NaN;
        }
    }

    Optional<Long> whole(String name, long least) {
        return number(name, v -> v == Math.rint(v) && v >= least, "a whole number of at least " + least)
                .map(Double::longValue);
    }

    boolean flag(String name, boolean fallback) {
        Object value = value(name);
        if (value == null) {
            return fallback;
        }
        if (value.toString().equals("true") || value.toString().equals("false")) {
            return value.toString().equals("true");
        }
        fault(name, value + " is neither true nor false");
        return fallback;
    }

    /// One of the keys of `choices`.
    <T> T choice(String name, String fallback, Map<String, T> choices) {
        Object value = value(name);
        T chosen = choices.get(value == null ? fallback : value.toString());
        if (chosen == null) {
            fault(name, value + " is not one of " + String.join(", ", new TreeSet<>(choices.keySet())));
            return Objects.requireNonNull(choices.get(fallback));
        }
        return chosen;
    }

    void fault(String name, String wrong) {
        problems.add(place + "." + name + ": " + wrong);
    }

    void finish() {
        for (String name : new TreeSet<>(options.keySet())) {
            if (!known.contains(name)) {
                fault(
                        name,
                        "unknown option; "
                                + (known.isEmpty()
                                        ? "there are none"
                                        : "known: " + String.join(", ", new TreeSet<>(known))));
            }
        }
        problems.throwIfAny(place + ": options that cannot be used:", AlignException.Config::new);
    }

    private @Nullable Object value(String name) {
        known.add(name);
        return options.get(name);
    }
}
