package org.align4j.config;

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

/// Settings by name as a configuration file gives them: numbers and flags, or texts that spell them. Faults are
/// collected; [#finish] throws them together with the names that nobody asked for.
public final class NamedOptions {
    private final String place;
    private final Map<String, ? extends Object> options;
    private final Set<String> known = new HashSet<>();
    private final Problems problems = new Problems();

    /// @param place what they are settings of, for messages
    public NamedOptions(String place, Map<String, ? extends Object> options) {
        this.place = place;
        this.options = options;
    }

    /// Between 0 and 1; empty where the name is absent.
    public Optional<Double> share(String name) {
        return number(name, v -> v >= 0 && v <= 1, "between 0 and 1");
    }

    /// Above 0; empty where the name is absent.
    public Optional<Double> positive(String name) {
        return number(name, v -> v > 0 && Double.isFinite(v), "a positive number");
    }

    /// 0 or more; empty where the name is absent.
    public Optional<Double> atLeastZero(String name) {
        return number(name, v -> v >= 0 && Double.isFinite(v), "a number of at least 0");
    }

    /// A number for which `valid` holds; empty where the name is absent or null.
    public Optional<Double> number(String name, DoublePredicate valid, String expected) {
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

    /// A whole number; empty where the name is absent.
    public Optional<Long> whole(String name, long least) {
        return number(name, v -> v == Math.rint(v) && v >= least, "a whole number of at least " + least)
                .map(Double::longValue);
    }

    /// True or false; `fallback` where the name is absent.
    public boolean flag(String name, boolean fallback) {
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
    public <T> T choice(String name, String fallback, Map<String, T> choices) {
        Object value = value(name);
        T chosen = choices.get(value == null ? fallback : value.toString());
        if (chosen == null) {
            fault(name, value + " is not one of " + String.join(", ", new TreeSet<>(choices.keySet())));
            return Objects.requireNonNull(choices.get(fallback));
        }
        return chosen;
    }

    /// Notes that what stands under `name` is wrong.
    public void fault(String name, String wrong) {
        problems.add(place + "." + name + ": " + wrong);
    }

    /// @throws AlignException.Config with every fault, and every name that was not asked for
    public void finish() {
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
