package org.align4j.tokenizer.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Walking, counting and searching values.
final class Iteration {
    private Iteration() {}

    /// The elements of a sequence, the keys of a mapping, the characters of a string. A generator
    /// is used up by it.
    static Iterator<Object> iterator(Object value) {
        return value instanceof Generator generator
                ? generator.rest()
                : elements(value).iterator();
    }

    static Stream<Object> stream(Object value) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(value), Spliterator.ORDERED), false);
    }

    /// All elements at once.
    static List<Object> elements(Object value) {
        return switch (value) {
            case Undefined _ -> List.of();
            case List<?> list -> Collections.unmodifiableList(list);
            case Tuple tuple -> tuple.elements();
            case View view -> view.elements();
            case Range range -> range.elements();
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text -> characters(text);
            case Markup markup -> characters(markup.text());
            case Generator generator -> {
                List<Object> rest = new ArrayList<>();
                generator.rest().forEachRemaining(rest::add);
                yield rest;
            }
            default -> throw new Fault("'" + Values.type(value) + "' object is not iterable");
        };
    }

    private static List<Object> characters(String text) {
        return text.codePoints().<Object>mapToObj(Character::toString).toList();
    }

    /// The number of elements; of characters of a string.
    static long length(Object value) {
        return switch (value) {
            case Undefined _ -> 0;
            case String text -> text.codePointCount(0, text.length());
            case Markup markup -> length(markup.text());
            case List<?> list -> list.size();
            case Tuple tuple -> tuple.elements().size();
            case View view -> view.elements().size();
            case Range range -> range.size();
            case Map<?, ?> map -> map.size();
            case LoopState loop -> loop.length();
            default -> throw new Fault("object of type '" + Values.type(value) + "' has no len()");
        };
    }

    static boolean isIterable(Object value) {
        return switch (value) {
            case Undefined _, Generator _ -> true;
            default -> isSequence(value) || value instanceof View;
        };
    }

    /// Whether it can be counted and indexed.
    static boolean isSequence(Object value) {
        return switch (value) {
            case Undefined _, String _, Markup _, List<?> _, Tuple _, Range _, Map<?, ?> _ -> true;
            default -> false;
        };
    }

    /// `element in container`
    static boolean contains(Object container, Object element) {
        if (Strings.isString(container)) {
            if (!Strings.isString(element)) {
                throw new Fault("'in <string>' requires string as left operand, not " + Values.type(element));
            }
            return Strings.of(container).contains(Strings.of(element));
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(Values.key(element));
        }
        if (!isIterable(container)) {
            throw new Fault("argument of type '" + Values.type(container) + "' is not iterable");
        }
        return stream(container).anyMatch(candidate -> Ordering.equal(candidate, element));
    }
}
