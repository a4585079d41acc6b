package org.align4j.run;

import java.util.concurrent.atomic.AtomicInteger;

/// Ctrl-C and SIGTERM as a question that a trainer asks between steps. The first asks to save and
/// stop; the second stops at once.
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
        return onSignals(announce, "INT", "TERM");
    }

    /// Handles SIGINT alone from now on, for a conversation: SIGTERM still ends the process.
    ///
    /// @param announce told once, when the first signal comes
    public static Interruption onCtrlC(Runnable announce) {
        return onSignals(announce, "INT");
    }

    private static Interruption onSignals(Runnable announce, String... signals) {
        Interruption interruption = new Interruption(() -> Runtime.getRuntime().halt(EXIT_CODE));
        for (String signal : signals) {
            Signals.handle(signal, () -> {
                if (!interruption.requested()) {
                    announce.run();
                }
                interruption.request();
            });
        }
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
