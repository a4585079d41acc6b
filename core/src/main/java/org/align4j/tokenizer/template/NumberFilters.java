package org.align4j.tokenizer.template;

import static java.util.Map.entry;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/// Filters that make numbers.
final class NumberFilters {
    static final Map<String, Filters.Filter> FILTERS = Map.ofEntries(
            entry("int", NumberFilters::integer),
            entry("float", NumberFilters::decimal),
            entry("abs", NumberFilters::abs),
            entry("round", NumberFilters::round));

    /// Rounding to more places leaves any double as it is.
    private static final int MOST_PLACES = 400;

    private NumberFilters() {}

    private static Object integer(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default", "base");
        Object fallback = bound.get("default", 0L);
        long base = bound.integer("base", 10);
        if (base < Character.MIN_RADIX || base > Character.MAX_RADIX) {
            throw new Fault("int() base must be >= 2 and <= 36");
        }
        return switch (Undefined.require(value)) {
            case Long _, BigInteger _ -> value;
            case Boolean flag -> flag ? 1L : 0L;
            case Double number -> truncated(number).orElse(fallback);
            case String text -> parsed(text, (int) base, fallback);
            case Markup markup -> parsed(markup.text(), (int) base, fallback);
            default -> fallback;
        };
    }

    private static Object parsed(String text, int base, Object fallback) {
        String digits = Strings.strip(text, Strings::isSpace, true, true).replaceAll("(?<=\\d)_(?=\\d)", "");
        String prefix = base == 16 ? "0[xX]" : base == 8 ? "0[oO]" : base == 2 ? "0[bB]" : "";
        try {
            return Long.parseLong(digits.replaceFirst("^([+-]?)" + prefix, "$1"), base);
        } catch (NumberFormatException notAnInteger) {
            return number(text).flatMap(NumberFilters::truncated).orElse(fallback);
        }
    }

    private static Optional<Object> truncated(double number) {
        return Double.isFinite(number) && Math.abs(number) < 0x1p63 ? Optional.of((long) number) : Optional.empty();
    }

    private static Object decimal(Object value, Arguments arguments) {
        Object fallback = arguments.bind("default").get("default", 0.0);
        Undefined.require(value);
        if (Arithmetic.isNumber(value)) {
            return Arithmetic.decimal(value);
        }
        return Strings.isString(value)
                ? number(Strings.of(value)).<Object>map(n -> n).orElse(fallback)
                : fallback;
    }

    /// Python's `float` of a text.
    private static Optional<Double> number(String text) {
        String stripped = LetterCase.lower(Strings.strip(text, Strings::isSpace, true, true));
        return switch (stripped) {
            case "inf", "+inf", "infinity", "+infinity" -> Optional.of(Double.POSITIVE_INFINITY);
            case "-inf", "-infinity" -> Optional.of(Double.NEGATIVE_INFINITY);
            case "nan", "+nan", "-nan" -> Optional.of(Double.NaN);
            default ->
                stripped.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?")
                        ? Optional.of(Double.parseDouble(stripped))
                        : Optional.empty();
        };
    }

    private static Object abs(Object value, Arguments arguments) {
        arguments.bind();
        if (value instanceof Double number) {
            return Math.abs(number);
        }
        if (!Arithmetic.isNumber(Undefined.require(value))) {
            throw new Fault("bad operand type for abs(): '" + Values.type(value) + "'");
        }
        long number = Arithmetic.integer(value);
        return number < 0 ? Arithmetic.negate(number) : number;
    }

    private static Object round(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("precision", "method");
        int places = Math.clamp(bound.integer("precision", 0), -MOST_PLACES, MOST_PLACES);
        String method = bound.text("method", "common");
        RoundingMode mode = switch (method) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw new Fault("method must be common, ceil or floor");
        };
        if (!(value instanceof Double number)) {
            long whole = Arithmetic.integer(value);
            return mode == RoundingMode.HALF_EVEN && places >= 0
                    ? (Object) whole
                    : (Object) rounded(BigDecimal.valueOf(whole), places, mode);
        }
        return Double.isFinite(number) ? rounded(new BigDecimal(number), places, mode) : number;
    }

    private static double rounded(BigDecimal number, int places, RoundingMode mode) {
        return number.setScale(places, mode).doubleValue();
    }
}
