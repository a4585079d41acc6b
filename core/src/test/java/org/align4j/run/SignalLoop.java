package org.align4j.run;

/// Waits for an interruption as a trainer does: the process that [InterruptionTest] signals.
final class SignalLoop {
    private SignalLoop() {}

    /// Stops between steps; with the argument `never` it goes on, as in a step that doesn't end.
    public static void main(String[] arguments) throws InterruptedException {
        Interruption interruption = Interruption.onSignals(() -> System.out.println("saving"));
        System.out.println("ready");
        while (!interruption.requested() || arguments.length > 0) {
            Thread.sleep(5);
        }
        System.out.println("saved");
        System.exit(Interruption.EXIT_CODE);
    }
}
