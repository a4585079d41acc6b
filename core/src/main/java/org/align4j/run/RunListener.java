package org.align4j.run;

import java.util.List;

/// Hears what a trainer tells, on the trainer's thread.
@FunctionalInterface
public interface RunListener {
    void on(RunEvent event);

    /// Hears and says nothing.
    static RunListener silent() {
        return _ -> {};
    }

    /// Passes every event to each of `listeners` in order.
    static RunListener all(RunListener... listeners) {
        List<RunListener> each = List.of(listeners);
        return event -> each.forEach(listener -> listener.on(event));
    }
}
