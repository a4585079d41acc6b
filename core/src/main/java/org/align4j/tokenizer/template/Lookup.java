package org.align4j.tokenizer.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `object.name`, `object[key]` and `object[start:stop:step]`. Only the values' own methods can be
/// reached, and none that would change them.
final class Lookup {
    private Lookup() {}

    /// `object.name`: a method, else a mapping's element.
    static Object attribute(Object object, String name) {
        Optional<Object> member = member(Undefined.require(object), name);
        if (member.isPresent()) {
            return member.get();
        }
        Object element = object instanceof Map<?, ?> map ? map.get(name) : null;
        return element == null ? Undefined.attribute(object, name) : element;
    }

    /// `object[key]`: an element, else a method.
    static Object item(Object object, Object key) {
        Undefined.require(object);
        Object plain = key instanceof Markup markup ? markup.text() : key;
        Optional<Object> element = element(object, plain);
        if (element.isPresent()) {
            return element.get();
        }
        Optional<Object> member = plain instanceof String name ? member(object, name) : Optional.empty();
        return member.orElseGet(() -> Undefined.element(object, plain));
    }

    /// `a.b.0` on each of its parts, as the `attribute` of filters has it.
    static Object path(Object object, Object path) {
        if (!(path instanceof String names)) {
            return item(object, path);
        }
        Object value = object;
        for (String name : names.split("\\.", -1)) {
            boolean index =
                    !name.isEmpty() && name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9');
            value = item(value, index ? (Object) Long.valueOf(name) : name);
        }
        return value;
    }

    /// What an object itself has by this name, whatever elements it holds.
    static Optional<Object> member(Object object, String name) {
        return switch (object) {
            case String text -> StringMethods.find(text, name);
            case Markup markup -> StringMethods.find(markup.text(), name);
            case Map<?, ?> map -> CollectionMethods.ofMap(map, name);
            case List<?> list -> CollectionMethods.ofList(list, name);
            case Tuple tuple -> CollectionMethods.ofTuple(tuple, name);
            case Namespace namespace ->
                Optional.ofNullable(namespace.attributes().get(name));
            case LoopState loop -> loop.attribute(name);
            case Macro macro -> macro.attribute(name);
            default -> Optional.empty();
        };
    }

    private static Optional<Object> element(Object object, Object key) {
        return switch (object) {
            case Map<?, ?> map -> isHashable(key) ? Optional.ofNullable(map.get(key)) : Optional.empty();
            case String text -> character(text, key);
            case Markup markup -> character(markup.text(), key);
            case List<?> list -> at(list, key);
            case Tuple tuple -> at(tuple.elements(), key);
            case Range range -> at(range.elements(), key);
            default -> Optional.empty();
        };
    }

    private static boolean isHashable(Object key) {
        return !(key instanceof List<?>) && !(key instanceof Map<?, ?>);
    }

    private static Optional<Object> at(List<?> elements, Object key) {
        return index(key, elements.size()).map(elements::get);
    }

    private static Optional<Object> character(String text, Object key) {
        int length = text.codePointCount(0, text.length());
        return index(key, length).map(index -> Character.toString(text.codePointAt(text.offsetByCodePoints(0, index))));
    }

    /// A place in a sequence, counted from the end where negative; none outside it.
    private static Optional<Integer> index(Object key, int size) {
        if (!(key instanceof Long) && !(key instanceof Boolean)) {
            return Optional.empty();
        }
        long given = Arithmetic.integer(key);
        long index = given < 0 ? given + size : given;
        return index >= 0 && index < size ? Optional.of((int) index) : Optional.empty();
    }

    /// `object[start:stop:step]`; [None#NONE] is a bound left out. Strings are cut by code points.
    static Object slice(Object object, Object start, Object stop, Object step) {
        return switch (Undefined.require(object)) {
            case String text -> sliceOf(text, start, stop, step);
            case Markup markup -> new Markup(sliceOf(markup.text(), start, stop, step));
            case List<?> list -> slice(list, start, stop, step);
            case Tuple tuple -> new Tuple(slice(tuple.elements(), start, stop, step));
            case Range range -> slice(range.elements(), start, stop, step);
            default -> Undefined.element(object, "slice");
        };
    }

    private static String sliceOf(String text, Object start, Object stop, Object step) {
        int[] codePoints = text.codePoints().toArray();
        StringBuilder cut = new StringBuilder();
        for (int index : indices(codePoints.length, start, stop, step)) {
            cut.appendCodePoint(codePoints[index]);
        }
        return cut.toString();
    }

    private static List<Object> slice(List<?> elements, Object start, Object stop, Object step) {
        List<Object> cut = new ArrayList<>();
        for (int index : indices(elements.size(), start, stop, step)) {
            cut.add(elements.get(index));
        }
        return cut;
    }

    private static int[] indices(int size, Object start, Object stop, Object step) {
        long stride = step == None.NONE ? 1 : Arithmetic.integer(step);
        if (stride == 0) {
            throw new Fault("slice step cannot be zero");
        }
        boolean forward = stride > 0;
        long low = forward ? 0 : -1;
        long high = forward ? size : size - 1;
        long first = start == None.NONE ? (forward ? low : high) : bound(start, size, low, high);
        long end = stop == None.NONE ? (forward ? high : low) : bound(stop, size, low, high);
        long distance = forward ? end - first : first - end;
        // A stride beyond the size takes one element whatever it is, and stays within 64 bits
        long reach = Math.clamp(stride, -(size + 1L), size + 1L);
        int count = distance <= 0 ? 0 : (int) ((distance - 1) / Math.abs(reach)) + 1;
        int[] indices = new int[count];
        for (int i = 0; i < count; i++) {
            indices[i] = (int) (first + i * reach);
        }
        return indices;
    }

    private static long bound(Object given, int size, long low, long high) {
        long bound = Arithmetic.integer(given);
        return Math.clamp(bound < 0 ? bound + size : bound, low, high);
    }
}
