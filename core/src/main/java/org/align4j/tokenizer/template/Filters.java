package org.align4j.tokenizer.template;

import java.util.HashMap;
import java.util.Map;

/// All filters by name.
final class Filters {
    /// What stands after `|`.
    interface Filter {
        Object apply(Object value, Arguments arguments);
    }

    private static final Map<String, Filter> ALL = all();

    private Filters() {}

    private static Map<String, Filter> all() {
        Map<String, Filter> all = new HashMap<>();
        all.putAll(TextFilters.FILTERS);
        all.putAll(NumberFilters.FILTERS);
        all.putAll(SequenceFilters.FILTERS);
        all.putAll(SelectionFilters.FILTERS);
        all.put("tojson", Json::filter);
        return Map.copyOf(all);
    }

    static boolean has(String name) {
        return ALL.containsKey(name);
    }

    static Object apply(String name, Object value, Arguments arguments) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw new Fault("No filter named '" + name + "'.");
        }
        return filter.apply(value, arguments);
    }
}
