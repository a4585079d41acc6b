package org.align4j.tokenizer.template;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Filters that choose or change the elements of a sequence one by one. They work as the result is
/// walked, and the result can be walked once.
final class SelectionFilters {
    static final Map<String, Filters.Filter> FILTERS = Map.ofEntries(
            entry("map", SelectionFilters::map),
            entry("select", (value, arguments) -> select(value, element -> element, arguments, true)),
            entry("reject", (value, arguments) -> select(value, element -> element, arguments, false)),
            entry("selectattr", (value, arguments) -> selectByAttribute(value, arguments, true)),
            entry("rejectattr", (value, arguments) -> selectByAttribute(value, arguments, false)),
            entry("unique", SelectionFilters::unique),
            entry("attr", (value, arguments) -> {
                String name = arguments.bind("name").text("name");
                return Lookup.member(Undefined.require(value), name).orElseGet(() -> Undefined.attribute(value, name));
            }));

    private SelectionFilters() {}

    /// `map(attribute=…, default=…)`, or `map('filter', its arguments)`.
    private static Object map(Object value, Arguments arguments) {
        if (!Values.isTrue(value)) {
            return Generator.of(List.<Object>of().stream());
        }
        return Generator.of(Iteration.stream(value).map(mapping(arguments)));
    }

    private static UnaryOperator<Object> mapping(Arguments arguments) {
        if (arguments.positional().isEmpty() && arguments.keywords().containsKey("attribute")) {
            Arguments.Bound bound = arguments.bind("attribute", "default");
            UnaryOperator<Object> part = SequenceFilters.attribute(bound);
            return element -> {
                Object found = part.apply(element);
                return found instanceof Undefined ? bound.get("default", found) : found;
            };
        }
        if (arguments.positional().isEmpty()) {
            throw new Fault("map requires a filter argument");
        }
        String filter = Strings.require(arguments.positional().getFirst());
        Arguments rest = arguments.skip(1);
        return element -> Filters.apply(filter, element, rest);
    }

    private static Object selectByAttribute(Object value, Arguments arguments, boolean wanted) {
        if (arguments.positional().isEmpty()) {
            throw new Fault("Missing parameter for attribute name");
        }
        Object attribute = arguments.positional().getFirst();
        return select(value, element -> Lookup.path(element, attribute), arguments.skip(1), wanted);
    }

    private static Object select(Object value, UnaryOperator<Object> part, Arguments arguments, boolean wanted) {
        if (!Values.isTrue(value)) {
            return Generator.of(List.<Object>of().stream());
        }
        Predicate<Object> test = test(arguments);
        return Generator.of(Iteration.stream(value).filter(element -> test.test(part.apply(element)) == wanted));
    }

    /// The test named by the first argument, or truth.
    private static Predicate<Object> test(Arguments arguments) {
        Optional<Object> name = arguments.positional().stream().findFirst();
        if (name.isEmpty()) {
            return Values::isTrue;
        }
        String test = Strings.require(name.get());
        Arguments rest = arguments.skip(1);
        return element -> Tests.test(test, element, rest);
    }

    private static Object unique(Object value, Arguments arguments) {
        UnaryOperator<Object> key = SequenceFilters.sortKey(arguments.bind("case_sensitive", "attribute"));
        List<Object> seen = new ArrayList<>();
        return Generator.of(Iteration.stream(value).filter(element -> {
            Object candidate = key.apply(element);
            boolean isNew = seen.stream().noneMatch(earlier -> Ordering.equal(earlier, candidate));
            if (isNew) {
                seen.add(candidate);
            }
            return isNew;
        }));
    }
}
