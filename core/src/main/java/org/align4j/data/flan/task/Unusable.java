package org.align4j.data.flan.task;

import org.align4j.data.SkipReason;

/// A row that is no example of its task. Caught by [TaskReader], which reports it with its place.
final class Unusable extends Exception {
    private static final long serialVersionUID = 1;
    private final SkipReason reason;

    Unusable(SkipReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    SkipReason reason() {
        return reason;
    }
}
