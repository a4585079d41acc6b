package org.align4j.tokenizer.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A template's values: Boolean, Long, BigInteger (only what a Long cannot hold), Double, String,
/// List and Map as in Java, and this package's own [None], [Undefined], [Tuple], [Generator],
/// [View], [Range], [Markup], [Namespace], [LoopState] and [TemplateFunction].
final class Values {
    private Values() {}

    /// What plain Java data is in a template. Fails on anything that is not plain data: templates
    /// reach no Java.
    static Object of(@Nullable Object value) {
        return of(value, 0);
    }

    private static Object of(@Nullable Object value, int depth) {
        int inner = Limits.valueDepth(depth) + 1;
        return switch (value) {
            case null -> None.NONE;
            case Boolean _, Long _, Double _, String _, TemplateFunction _, Undefined _, None _ -> value;
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case Float number -> number.doubleValue();
            case BigDecimal number -> number.doubleValue();
            case BigInteger number when number.bitLength() > 63 -> number;
            case BigInteger number -> number.longValue();
            case Character character -> character.toString();
            case Object[] array -> of(Arrays.asList(array), depth);
            case Collection<?> elements -> {
                List<Object> list = new ArrayList<>(elements.size());
                elements.forEach(element -> list.add(of(element, inner)));
                yield list;
            }
            case Map<?, ?> map -> {
                Map<Object, Object> dict = new LinkedHashMap<>();
                map.forEach((key, element) -> dict.put(of(key, inner), of(element, inner)));
                yield dict;
            }
            default ->
                throw new Fault("a value of " + value.getClass().getName()
                        + " is not plain data; give maps, lists, strings, numbers, booleans or null");
        };
    }

    /// Python's truth.
    static boolean isTrue(Object value) {
        return switch (value) {
            case None _, Undefined _ -> false;
            case Boolean flag -> flag;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case Markup markup -> !markup.text().isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case Tuple tuple -> !tuple.elements().isEmpty();
            case View view -> !view.elements().isEmpty();
            case Range range -> range.size() > 0;
            default -> true;
        };
    }

    /// Python's name of the value's type.
    static String type(Object value) {
        return switch (value) {
            case None _ -> "NoneType";
            case Undefined _ -> "Undefined";
            case Boolean _ -> "bool";
            case Long _, BigInteger _ -> "int";
            case Double _ -> "float";
            case String _ -> "str";
            case Markup _ -> "Markup";
            case List<?> _ -> "list";
            case Tuple _ -> "tuple";
            case Map<?, ?> _ -> "dict";
            case View view -> view.type();
            case Range _ -> "range";
            case Generator _ -> "generator";
            case Namespace _ -> "Namespace";
            case LoopState _ -> "LoopContext";
            case Macro _ -> "Macro";
            case TemplateFunction _ -> "function";
            default -> throw new IllegalStateException("not a template value: " + value.getClass());
        };
    }

    /// How messages on missing attributes call the value.
    static String described(Object value) {
        return switch (value) {
            case None _ -> "None";
            case Namespace _ -> "jinja2.utils.Namespace object";
            case LoopState _ -> "jinja2.runtime.LoopContext object";
            default -> type(value) + " object";
        };
    }

    /// `value` as a mapping's key: hashable, and plain text where it is marked up.
    static Object key(Object value) {
        return switch (value) {
            case List<?> _, Map<?, ?> _ -> throw new Fault("unhashable type: '" + type(value) + "'");
            case Markup markup -> markup.text();
            default -> value;
        };
    }
}
