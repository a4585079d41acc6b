package org.align4j.tokenizer.template;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// All tests by name: what stands after `is`.
final class Tests {
    private static final Map<String, Predicate<Object>> WITHOUT_ARGUMENT = Map.ofEntries(
            entry("defined", value -> !(value instanceof Undefined)),
            entry("undefined", value -> value instanceof Undefined),
            entry("none", value -> value == None.NONE),
            entry("boolean", value -> value instanceof Boolean),
            entry("true", value -> value.equals(true)),
            entry("false", value -> value.equals(false)),
            entry(
                    "integer",
                    value -> Arithmetic.isNumber(value) && !(value instanceof Boolean || value instanceof Double)),
            entry("float", value -> value instanceof Double),
            entry("number", Arithmetic::isNumber),
            entry("string", Strings::isString),
            entry("mapping", value -> value instanceof Map<?, ?>),
            entry("sequence", Iteration::isSequence),
            entry("iterable", Iteration::isIterable),
            entry("callable", value -> value instanceof TemplateFunction || value instanceof Undefined),
            entry("escaped", value -> value instanceof Markup),
            entry("lower", value -> LetterCase.isLower(PythonText.str(value))),
            entry("upper", value -> LetterCase.isUpper(PythonText.str(value))),
            entry("even", value -> Ordering.equal(remainder(value, 2L), 0L)),
            entry("odd", value -> Ordering.equal(remainder(value, 2L), 1L)),
            entry("filter", value -> value instanceof String name && Filters.has(name)),
            entry("test", value -> value instanceof String name && Tests.has(name)));

    private static final Map<String, BiPredicate<Object, Object>> WITH_ARGUMENT = withArgument();

    private Tests() {}

    private static Map<String, BiPredicate<Object, Object>> withArgument() {
        Map<String, BiPredicate<Object, Object>> tests = new HashMap<>();
        tests.put("divisibleby", (value, divisor) -> Ordering.equal(remainder(value, divisor), 0L));
        tests.put("in", (value, container) -> Iteration.contains(container, value));
        tests.put("sameas", Tests::isSame);
        List.of("eq", "==", "equalto").forEach(name -> tests.put(name, Ordering::equal));
        List.of("ne", "!=").forEach(name -> tests.put(name, (a, b) -> !Ordering.equal(a, b)));
        List.of("lt", "<", "lessthan").forEach(name -> tests.put(name, (a, b) -> Ordering.compare(a, b, "<") < 0));
        List.of("le", "<=").forEach(name -> tests.put(name, (a, b) -> Ordering.compare(a, b, "<=") <= 0));
        List.of("gt", ">", "greaterthan").forEach(name -> tests.put(name, (a, b) -> Ordering.compare(a, b, ">") > 0));
        List.of("ge", ">=").forEach(name -> tests.put(name, (a, b) -> Ordering.compare(a, b, ">=") >= 0));
        return Map.copyOf(tests);
    }

    static boolean has(String name) {
        return WITHOUT_ARGUMENT.containsKey(name) || WITH_ARGUMENT.containsKey(name);
    }

    static boolean test(String name, Object value, Arguments arguments) {
        Predicate<Object> plain = WITHOUT_ARGUMENT.get(name);
        if (plain != null) {
            arguments.bind();
            return plain.test(value);
        }
        BiPredicate<Object, Object> relation = WITH_ARGUMENT.get(name);
        if (relation == null) {
            throw new Fault("No test named '" + name + "'.");
        }
        return relation.test(value, arguments.bind("other").require("other"));
    }

    private static Object remainder(Object value, Object divisor) {
        return Arithmetic.apply(Arithmetic.Operator.REMAINDER, value, divisor);
    }

    /// Python's `is`: small values are the same where they are equal, others where they are one
    /// object.
    @SuppressWarnings("ReferenceEquality") // is what it asks
    private static boolean isSame(Object value, Object other) {
        return switch (value) {
            case Boolean _, Long _, Double _, String _, None _ -> value.equals(other);
            default -> value == other;
        };
    }
}
