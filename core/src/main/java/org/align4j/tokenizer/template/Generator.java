package org.align4j.tokenizer.template;

import java.util.Iterator;
import java.util.stream.Stream;

/// Python's generator, as `map` and `select` give it: it has no length and can be walked once.
record Generator(Iterator<Object> rest) {
    static Generator of(Stream<Object> elements) {
        return new Generator(elements.iterator());
    }
}
