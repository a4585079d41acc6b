package org.align4j.tokenizer.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Python's `==` and `<`.
final class Ordering {
    private Ordering() {}

    static boolean equal(Object left, Object right) {
        return equal(left, right, 0);
    }

    private static boolean equal(Object left, Object right, int depth) {
        int inner = Limits.valueDepth(depth) + 1;
        if (Strings.isString(left) && Strings.isString(right)) {
            return Strings.of(left).equals(Strings.of(right));
        }
        if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
            return compareNumbers(left, right) == 0;
        }
        return switch (left) {
            case Undefined _ -> right instanceof Undefined;
            case List<?> list -> right instanceof List<?> other && equalElements(list, other, inner);
            case Tuple tuple ->
                right instanceof Tuple other && equalElements(tuple.elements(), other.elements(), inner);
            case Map<?, ?> map -> right instanceof Map<?, ?> other && equalEntries(map, other, inner);
            case Double number -> number.equals(right);
            default -> Objects.equals(left, right);
        };
    }

    private static boolean equalElements(List<?> left, List<?> right, int depth) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i), depth)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalEntries(Map<?, ?> left, Map<?, ?> right, int depth) {
        return left.size() == right.size()
                && left.entrySet().stream().allMatch(entry -> {
                    Object other = right.get(entry.getKey());
                    return other != null && equal(entry.getValue(), other, depth);
                });
    }

    /// Negative, zero or positive, as [java.util.Comparator] has it; `operator` is for the message
    /// where the two have no order.
    static int compare(Object left, Object right, String operator) {
        return compare(Undefined.require(left), Undefined.require(right), operator, 0);
    }

    private static int compare(Object left, Object right, String operator, int depth) {
        int inner = Limits.valueDepth(depth) + 1;
        if (Strings.isString(left) && Strings.isString(right)) {
            // By code points, not UTF-16 units
            return Arrays.compare(
                    Strings.of(left).codePoints().toArray(),
                    Strings.of(right).codePoints().toArray());
        }
        if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
            return compareNumbers(left, right);
        }
        if (left instanceof List<?> list && right instanceof List<?> other) {
            return compareElements(list, other, operator, inner);
        }
        if (left instanceof Tuple tuple && right instanceof Tuple other) {
            return compareElements(tuple.elements(), other.elements(), operator, inner);
        }
        throw new Fault("'" + operator + "' not supported between instances of '" + Values.type(left) + "' and '"
                + Values.type(right) + "'");
    }

    private static int compareElements(List<?> left, List<?> right, String operator, int depth) {
        int common = Math.min(left.size(), right.size());
        for (int i = 0; i < common; i++) {
            if (!equal(left.get(i), right.get(i), depth)) {
                return compare(left.get(i), right.get(i), operator, depth);
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /// NaN counts as greater than all and equal to itself, which Python has otherwise: no chat
    /// template computes it.
    private static int compareNumbers(Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return Long.compare(a, b);
        }
        double a = Arithmetic.decimal(left);
        double b = Arithmetic.decimal(right);
        if (Double.isFinite(a) && Double.isFinite(b)) {
            return exact(left).compareTo(exact(right));
        }
        return Double.compare(a, b);
    }

    private static BigDecimal exact(Object number) {
        return switch (number) {
            case Double value -> new BigDecimal(value);
            case BigInteger value -> new BigDecimal(value);
            default -> BigDecimal.valueOf(Arithmetic.integer(number));
        };
    }
}
