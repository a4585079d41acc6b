package org.align4j.tokenizer.template;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Filters on sequences and mappings as wholes.
final class SequenceFilters {
    static final Map<String, Filters.Filter> FILTERS = Map.ofEntries(
            entry("length", SequenceFilters::length),
            entry("count", SequenceFilters::length),
            entry("default", SequenceFilters::orDefault),
            entry("d", SequenceFilters::orDefault),
            entry("list", (value, arguments) -> {
                arguments.bind();
                return new ArrayList<>(Iteration.elements(value));
            }),
            entry("first", SequenceFilters::first),
            entry("last", SequenceFilters::last),
            entry("join", SequenceFilters::join),
            entry("sum", SequenceFilters::sum),
            entry("min", (value, arguments) -> extreme(value, arguments, 1)),
            entry("max", (value, arguments) -> extreme(value, arguments, -1)),
            entry("sort", SequenceFilters::sort),
            entry("reverse", SequenceFilters::reverse),
            entry("items", (value, arguments) -> {
                arguments.bind();
                return value instanceof Undefined
                        ? new Generator(Collections.emptyIterator())
                        : new Generator(items(value).iterator());
            }),
            entry("dictsort", SequenceFilters::sortedItems),
            entry("batch", SequenceFilters::batch),
            entry("pick", SequenceFilters::pick),
            entry("most_frequent", SequenceFilters::mostFrequent));

    private SequenceFilters() {}

    /// The element at a share of the length: `pick(0.5)` is the middle one. Not Jinja's own; it
    /// makes promptsource's `choice` repeatable.
    private static Object pick(Object value, Arguments arguments) {
        if (!(arguments.bind("share").require("share") instanceof Number share)) {
            throw new Fault("pick wants a number from 0 to 1");
        }
        List<Object> elements = Iteration.elements(value);
        if (elements.isEmpty()) {
            throw new Fault("cannot pick from an empty sequence");
        }
        int index = (int) (share.doubleValue() * elements.size());
        return elements.get(Math.clamp(index, 0, elements.size() - 1));
    }

    /// Promptsource's filter: the elements that occur most often.
    private static Object mostFrequent(Object value, Arguments arguments) {
        arguments.bind();
        Map<Object, Integer> counts = new LinkedHashMap<>();
        Iteration.elements(value).forEach(element -> counts.merge(element, 1, Integer::sum));
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return new ArrayList<>(counts.entrySet().stream()
                .filter(entry -> entry.getValue() == most)
                .map(Map.Entry::getKey)
                .toList());
    }

    private static Object length(Object value, Arguments arguments) {
        arguments.bind();
        return Iteration.length(value);
    }

    private static Object orDefault(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default_value", "boolean");
        boolean missing = value instanceof Undefined || (bound.flag("boolean") && !Values.isTrue(value));
        return missing ? bound.get("default_value", "") : value;
    }

    private static Object first(Object value, Arguments arguments) {
        arguments.bind();
        Iterator<Object> elements = Iteration.iterator(value);
        return elements.hasNext() ? elements.next() : new Undefined("No first item, sequence was empty.");
    }

    private static Object last(Object value, Arguments arguments) {
        arguments.bind();
        if (!Iteration.isSequence(value) && !(value instanceof View)) {
            throw new Fault("'" + Values.type(value) + "' object is not reversible");
        }
        List<Object> elements = Iteration.elements(value);
        return elements.isEmpty() ? new Undefined("No last item, sequence was empty.") : elements.getLast();
    }

    private static Object join(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("d", "attribute");
        UnaryOperator<Object> part = attribute(bound);
        Iterable<String> parts =
                () -> Iteration.stream(value).map(part).map(PythonText::str).iterator();
        return Strings.join(PythonText.str(bound.get("d", "")), parts);
    }

    private static Object sum(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("attribute", "start");
        UnaryOperator<Object> part = attribute(bound);
        Object total = bound.get("start", 0L);
        for (Object element : Iteration.elements(value)) {
            total = Arithmetic.apply(Arithmetic.Operator.ADD, total, part.apply(element));
        }
        return total;
    }

    /// The smallest element where `sign` is 1, the greatest where it is -1; the first of equal
    /// ones.
    private static Object extreme(Object value, Arguments arguments, int sign) {
        Arguments.Bound bound = arguments.bind("case_sensitive", "attribute");
        UnaryOperator<Object> key = sortKey(bound);
        Object best = new Undefined("No aggregated item, sequence was empty.");
        for (Object element : Iteration.elements(value)) {
            if (best instanceof Undefined
                    || sign * Ordering.compare(key.apply(element), key.apply(best), sign > 0 ? "<" : ">") < 0) {
                best = element;
            }
        }
        return best;
    }

    private static Object sort(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("reverse", "case_sensitive", "attribute");
        return sorted(Iteration.elements(value), sortKey(bound), bound.flag("reverse"));
    }

    private static Object sortedItems(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("case_sensitive", "by", "reverse");
        String by = bound.text("by", "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new Fault("You can only sort by either \"key\" or \"value\"");
        }
        int place = by.equals("key") ? 0 : 1;
        boolean caseSensitive = bound.flag("case_sensitive");
        UnaryOperator<Object> key =
                item -> item instanceof Tuple pair ? foldCase(pair.elements().get(place), caseSensitive) : item;
        return sorted(items(Undefined.require(value)), key, bound.flag("reverse"));
    }

    private static List<Object> items(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new Fault("Can only get item pairs from a mapping.");
        }
        return CollectionMethods.items(map);
    }

    private static List<Object> sorted(List<Object> elements, UnaryOperator<Object> key, boolean reverse) {
        Comparator<Object> order = (a, b) -> Ordering.compare(key.apply(a), key.apply(b), "<");
        List<Object> sorted = new ArrayList<>(elements);
        sorted.sort(reverse ? order.reversed() : order);
        return sorted;
    }

    private static Object reverse(Object value, Arguments arguments) {
        arguments.bind();
        if (Strings.isString(value)) {
            return Lookup.slice(value, None.NONE, None.NONE, -1L);
        }
        return new Generator(Iteration.elements(value).reversed().iterator());
    }

    private static Object batch(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("linecount", "fill_with");
        int size = Limits.elements(Arithmetic.integer(bound.require("linecount")));
        if (size < 1) {
            throw new Fault("batch() needs batches of at least 1");
        }
        Object fill = bound.get("fill_with", None.NONE);
        List<Object> elements = Iteration.elements(value);
        List<Object> batches = new ArrayList<>();
        for (int start = 0; start < elements.size(); start += size) {
            List<Object> batch = new ArrayList<>(elements.subList(start, Math.min(start + size, elements.size())));
            while (fill != None.NONE && batch.size() < size) {
                batch.add(fill);
            }
            batches.add(batch);
        }
        return new Generator(batches.iterator());
    }

    /// What the argument `attribute` takes from each element: the element itself where it was left
    /// out.
    static UnaryOperator<Object> attribute(Arguments.Bound bound) {
        Object attribute = bound.get("attribute", None.NONE);
        return attribute == None.NONE ? element -> element : element -> Lookup.path(element, attribute);
    }

    /// What elements are compared by: their `attribute`, in lower case unless `case_sensitive`.
    static UnaryOperator<Object> sortKey(Arguments.Bound bound) {
        UnaryOperator<Object> part = attribute(bound);
        boolean caseSensitive = bound.flag("case_sensitive");
        return element -> foldCase(part.apply(element), caseSensitive);
    }

    private static Object foldCase(Object value, boolean caseSensitive) {
        return !caseSensitive && Strings.isString(value) ? LetterCase.lower(Strings.of(value)) : value;
    }
}
