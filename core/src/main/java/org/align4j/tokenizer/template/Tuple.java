package org.align4j.tokenizer.template;

import java.util.List;

/// Python's tuple: equal to no list.
record Tuple(List<Object> elements) {
    static Tuple of(Object... elements) {
        return new Tuple(List.of(elements));
    }
}
