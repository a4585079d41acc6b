package org.align4j.tokenizer.template;

import java.util.Map;

/// `namespace(…)`: the one value a template may change, so that a loop can hand something on.
record Namespace(Map<String, Object> attributes) {
    // Two namespaces are never equal, whatever they hold, and one may hold itself.
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
