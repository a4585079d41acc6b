package org.align4j.tokenizer.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Python's `format % values`, for the conversions that text is made with: `s r d i u f F x X o %`.
final class PercentFormat {
    private static final Pattern FIELD =
            Pattern.compile("%(?:\\(([^)]*)\\))?([-+ 0#]*)(\\d{0,9})(?:\\.(\\d{0,9}))?(.?)", Pattern.DOTALL);
    private static final int MOST_DECIMALS = 300;

    private PercentFormat() {}

    /// @param values what fields without a name take, in turn
    /// @param mapping what fields with a name look up, where it is a mapping
    static String format(String format, List<?> values, Object mapping) {
        StringBuilder text = new StringBuilder();
        Matcher field = FIELD.matcher(format);
        int taken = 0;
        int start = 0;
        while (field.find()) {
            text.append(format, start, field.start());
            start = field.end();
            String conversion = Objects.requireNonNull(field.group(5));
            if (conversion.equals("%")) {
                text.append('%');
                continue;
            }
            Object value;
            if (field.group(1) != null) {
                value = named(mapping, field.group(1));
            } else if (taken < values.size()) {
                value = values.get(taken++);
            } else {
                throw new Fault("not enough arguments for format string");
            }
            text.append(padded(field, converted(field, conversion, value)));
            Limits.text(text.length());
        }
        if (taken < values.size() && !(mapping instanceof Map<?, ?>)) {
            throw new Fault("not all arguments converted during string formatting");
        }
        return text.append(format.substring(start)).toString();
    }

    private static Object named(Object mapping, String name) {
        if (!(mapping instanceof Map<?, ?> map)) {
            throw new Fault("format requires a mapping");
        }
        Object value = map.get(name);
        if (value == null) {
            throw new Fault("the format's key " + PythonText.repr(name) + " is missing");
        }
        return value;
    }

    private static String converted(Matcher field, String conversion, Object value) {
        String precision = field.group(4);
        int digits = precision == null ? -1 : precision.isEmpty() ? 0 : Integer.parseInt(precision);
        return switch (conversion) {
            case "s" -> cut(PythonText.str(value), digits);
            case "r" -> cut(PythonText.repr(value), digits);
            case "d", "i", "u" -> signed(field, Long.toString(whole(value)));
            case "x" -> signed(field, Long.toString(whole(value), 16));
            case "X" -> signed(field, LetterCase.upper(Long.toString(whole(value), 16)));
            case "o" -> signed(field, Long.toString(whole(value), 8));
            case "f", "F" -> signed(field, fixed(Arithmetic.decimal(value), digits < 0 ? 6 : digits));
            default -> throw new Fault("unsupported format character '" + conversion + "'");
        };
    }

    private static String cut(String text, int length) {
        return length < 0 || text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }

    private static long whole(Object value) {
        return value instanceof Double number ? number.longValue() : Arithmetic.integer(value);
    }

    private static String fixed(double number, int decimals) {
        if (!Double.isFinite(number)) {
            return PythonText.decimal(number);
        }
        if (decimals > MOST_DECIMALS) {
            throw new Fault("more than " + MOST_DECIMALS + " decimals");
        }
        return new BigDecimal(number).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String signed(Matcher field, String number) {
        String flags = Objects.requireNonNull(field.group(2));
        String sign = flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        return number.startsWith("-") ? number : sign + number;
    }

    private static String padded(Matcher field, String text) {
        String flags = Objects.requireNonNull(field.group(2));
        String width = Objects.requireNonNull(field.group(3));
        long missing = (width.isEmpty() ? 0 : Long.parseLong(width)) - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        if (flags.contains("-")) {
            return text + Strings.repeat(" ", missing);
        }
        boolean zeros = flags.contains("0") && !"sr".contains(Objects.requireNonNull(field.group(5)));
        if (!zeros) {
            return Strings.repeat(" ", missing) + text;
        }
        int sign = text.startsWith("-") || text.startsWith("+") || text.startsWith(" ") ? 1 : 0;
        return text.substring(0, sign) + Strings.repeat("0", missing) + text.substring(sign);
    }
}
