package org.align4j.tokenizer.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The methods of Python's `dict`, `list` and `tuple`. Those that would change the value give an
/// undefined one, as in an immutable sandbox.
final class CollectionMethods {
    private static final Set<String> DICT_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private CollectionMethods() {}

    static Optional<Object> ofMap(Map<?, ?> map, String name) {
        if (DICT_CHANGES.contains(name)) {
            return Optional.of(unsafe(name, "dict"));
        }
        return switch (name) {
            case "get" ->
                method(arguments -> {
                    Arguments.Bound bound = arguments.bind("key", "default");
                    Object value = map.get(Values.key(bound.require("key")));
                    return value == null ? bound.get("default", None.NONE) : value;
                });
            case "keys" ->
                method(arguments -> {
                    arguments.bind();
                    return new View("dict_keys", new ArrayList<>(map.keySet()));
                });
            case "values" ->
                method(arguments -> {
                    arguments.bind();
                    return new View("dict_values", new ArrayList<>(map.values()));
                });
            case "items" ->
                method(arguments -> {
                    arguments.bind();
                    return new View("dict_items", items(map));
                });
            case "copy" ->
                method(arguments -> {
                    arguments.bind();
                    return new LinkedHashMap<Object, Object>(map);
                });
            default -> Optional.empty();
        };
    }

    /// Keys and values as tuples.
    static List<Object> items(Map<?, ?> map) {
        List<Object> items = new ArrayList<>(map.size());
        map.forEach((key, value) -> items.add(Tuple.of(key, value)));
        return items;
    }

    static Optional<Object> ofList(List<?> list, String name) {
        if (LIST_CHANGES.contains(name)) {
            return Optional.of(unsafe(name, "list"));
        }
        return name.equals("copy")
                ? method(arguments -> {
                    arguments.bind();
                    return new ArrayList<Object>(list);
                })
                : search(list, name, "list");
    }

    static Optional<Object> ofTuple(Tuple tuple, String name) {
        return search(tuple.elements(), name, "tuple");
    }

    private static Optional<Object> search(List<?> elements, String name, String type) {
        return switch (name) {
            case "index" ->
                method(arguments -> {
                    Object wanted = arguments.bind("value").require("value");
                    for (int i = 0; i < elements.size(); i++) {
                        if (Ordering.equal(elements.get(i), wanted)) {
                            return (long) i;
                        }
                    }
                    throw new Fault(PythonText.repr(wanted) + " is not in " + type);
                });
            case "count" ->
                method(arguments -> {
                    Object wanted = arguments.bind("value").require("value");
                    return elements.stream()
                            .filter(element -> Ordering.equal(element, wanted))
                            .count();
                });
            default -> Optional.empty();
        };
    }

    private static Optional<Object> method(TemplateFunction function) {
        return Optional.of(function);
    }

    private static Undefined unsafe(String name, String type) {
        return new Undefined("access to attribute '" + name + "' of '" + type + "' object is unsafe.");
    }
}
