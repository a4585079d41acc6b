package org.align4j.tokenizer.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Python's arithmetic on numbers, and what `+`, `*` and `%` do to strings and lists. Integers have
/// 64 bits: beyond them it fails rather than wraps.
final class Arithmetic {
    private Arithmetic() {}

    enum Operator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        FLOOR_DIVIDE("//"),
        REMAINDER("%"),
        POWER("**");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        static Operator of(String symbol) {
            for (Operator operator : values()) {
                if (operator.symbol.equals(symbol)) {
                    return operator;
                }
            }
            throw new IllegalStateException("not an operator: " + symbol);
        }
    }

    static Object apply(Operator operator, Object left, Object right) {
        Undefined.require(left);
        Undefined.require(right);
        if (isNumber(left) && isNumber(right)) {
            return left instanceof Double || right instanceof Double
                    ? decimals(operator, decimal(left), decimal(right))
                    : integers(operator, integer(left), integer(right));
        }
        if (operator == Operator.ADD) {
            return add(left, right);
        }
        if (operator == Operator.MULTIPLY && right instanceof Long count) {
            return repeat(left, count, right);
        }
        if (operator == Operator.MULTIPLY && left instanceof Long count) {
            return repeat(right, count, left);
        }
        if (operator == Operator.REMAINDER && Strings.isString(left)) {
            List<Object> values = right instanceof Tuple tuple ? tuple.elements() : List.of(right);
            return PercentFormat.format(Strings.of(left), values, right);
        }
        throw unsupported(operator, left, right);
    }

    private static Object add(Object left, Object right) {
        if (Strings.isString(left) && Strings.isString(right)) {
            if (left instanceof Markup || right instanceof Markup) {
                return new Markup(Strings.concat(
                        Markup.escaped(left).text(), Markup.escaped(right).text()));
            }
            return Strings.concat(Strings.of(left), Strings.of(right));
        }
        if (left instanceof List<?> list && right instanceof List<?> other) {
            return joined(list, other);
        }
        if (left instanceof Tuple tuple && right instanceof Tuple other) {
            return new Tuple(joined(tuple.elements(), other.elements()));
        }
        if (Strings.isString(left) || left instanceof List<?> || left instanceof Tuple) {
            String type = Values.type(left);
            throw new Fault("can only concatenate " + type + " (not \"" + Values.type(right) + "\") to " + type);
        }
        throw unsupported(Operator.ADD, left, right);
    }

    private static List<Object> joined(List<?> left, List<?> right) {
        List<Object> joined = new ArrayList<>(Limits.elements((long) left.size() + right.size()));
        joined.addAll(left);
        joined.addAll(right);
        return joined;
    }

    private static Object repeat(Object value, long count, Object given) {
        long times = Math.max(0, count);
        return switch (value) {
            case String text -> Strings.repeat(text, times);
            case Markup markup -> new Markup(Strings.repeat(markup.text(), times));
            case List<?> list -> repeat(list, times);
            case Tuple tuple -> new Tuple(repeat(tuple.elements(), times));
            default -> throw unsupported(Operator.MULTIPLY, value, given);
        };
    }

    private static List<Object> repeat(List<?> list, long times) {
        int count = list.isEmpty() ? 0 : (int) Math.min(times, Limits.ELEMENTS + 1);
        List<Object> repeated = new ArrayList<>(Limits.elements((long) count * list.size()));
        Collections.nCopies(count, list).forEach(repeated::addAll);
        return repeated;
    }

    private static Object integers(Operator operator, long left, long right) {
        try {
            return switch (operator) {
                case ADD -> Math.addExact(left, right);
                case SUBTRACT -> Math.subtractExact(left, right);
                case MULTIPLY -> Math.multiplyExact(left, right);
                case DIVIDE -> (double) left / notZero(right, "division by zero");
                case FLOOR_DIVIDE -> Math.floorDiv(left, notZero(right, "integer division or modulo by zero"));
                case REMAINDER -> Math.floorMod(left, notZero(right, "integer modulo by zero"));
                case POWER -> power(left, right);
            };
        } catch (ArithmeticException e) {
            throw new Fault("the result of '" + operator.symbol + "' does not fit into 64 bits");
        }
    }

    private static long notZero(long divisor, String message) {
        if (divisor == 0) {
            throw new Fault(message);
        }
        return divisor;
    }

    private static Object power(long base, long exponent) {
        if (exponent < 0) {
            return decimals(Operator.POWER, (double) base, (double) exponent);
        }
        // Any base but these leaves 64 bits before the 64th power
        if (base >= -1 && base <= 1) {
            return exponent == 0 ? 1L : exponent % 2 == 0 ? base * base : base;
        }
        return BigInteger.valueOf(base).pow((int) Math.min(exponent, 64)).longValueExact();
    }

    private static double decimals(Operator operator, double left, double right) {
        if (right == 0
                && (operator == Operator.DIVIDE
                        || operator == Operator.FLOOR_DIVIDE
                        || operator == Operator.REMAINDER)) {
            throw new Fault("float division by zero");
        }
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            case FLOOR_DIVIDE -> Math.floor(left / right);
            case REMAINDER -> {
                double remainder = left % right;
                yield remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder;
            }
            case POWER -> {
                if (left == 0 && right < 0) {
                    throw new Fault("0.0 cannot be raised to a negative power");
                }
                yield Math.pow(left, right);
            }
        };
    }

    static Object negate(Object value) {
        return switch (Undefined.require(value)) {
            case Double number -> -number;
            case Long _, Boolean _ -> integers(Operator.SUBTRACT, 0, integer(value));
            default -> throw new Fault("bad operand type for unary -: '" + Values.type(value) + "'");
        };
    }

    /// Unary `+`: makes a number of a boolean.
    static Object plus(Object value) {
        return switch (Undefined.require(value)) {
            case Double number -> number;
            case Long _, Boolean _ -> integer(value);
            default -> throw new Fault("bad operand type for unary +: '" + Values.type(value) + "'");
        };
    }

    /// Booleans are numbers in Python.
    static boolean isNumber(Object value) {
        return value instanceof Long
                || value instanceof Double
                || value instanceof Boolean
                || value instanceof BigInteger;
    }

    static double decimal(Object value) {
        return switch (Undefined.require(value)) {
            case Double number -> number;
            case BigInteger number -> number.doubleValue();
            case Long _, Boolean _ -> integer(value);
            default -> throw new Fault("must be real number, not " + Values.type(value));
        };
    }

    static long integer(Object value) {
        return switch (Undefined.require(value)) {
            case Long number -> number;
            case Boolean flag -> flag ? 1 : 0;
            case BigInteger number -> throw new Fault("the number " + number + " does not fit into 64 bits");
            default -> throw new Fault("'" + Values.type(value) + "' object cannot be interpreted as an integer");
        };
    }

    private static Fault unsupported(Operator operator, Object left, Object right) {
        return new Fault("unsupported operand type(s) for " + operator.symbol + ": '" + Values.type(left) + "' and '"
                + Values.type(right) + "'");
    }
}
