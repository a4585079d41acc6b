package org.align4j.run;

import java.util.concurrent.atomic.AtomicInteger;

/// Ctrl-C and SIGTERM as a question that a trainer asks between steps. The first asks to save and stop; the second
/// stops at once.
public final class Interruption {
    /// The exit code of an interrupted process.
    public static final int EXIT_CODE = 130;

    private final AtomicInteger requests = new AtomicInteger();
    private final Runnable stopAtOnce;

    private Interruption(Runnable stopAtOnce) {
        this.stopAtOnce = stopAtOnce;
    }

    /// Never asked for by a signal; [#request] still works.
    public static Interruption manual() {
        return new Interruption(() -> {});
    }

    /// Handles SIGINT and SIGTERM from now on.
    ///
    /// @param announce told once, when the first signal comes
    public static Interruption onSignals(Runnable announce) {
        Interruption interruption = new Interruption(() -> Runtime.getRuntime().halt(EXIT_CODE));
        Runnable signalled = () -> {
            if (!interruption.requested()) {
                announce.run();
            }
            interruption.request();
        };
        Signals.handle("INT", signalled);
        Signals.handle("TERM", signalled);
        return interruption;
    }

    /// Asks for the end; asking twice ends the process at once where signals are handled.
    public void request() {
        if (requests.incrementAndGet() > 1) {
            stopAtOnce.run();
        }
    }

    /// Whether to save and stop.
    public boolean requested() {
        return requests.get() > 0;
    }
}
