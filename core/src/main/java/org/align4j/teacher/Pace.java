package org.align4j.teacher;

/// Lets calls through at an even rate.
final class Pace {
    private final long nanosBetween;
    private long next = System.nanoTime();

    /// @param perMinute calls; 0: all at once
    Pace(int perMinute) {
        nanosBetween = perMinute == 0 ? 0 : 60_000_000_000L / perMinute;
    }

    /// Returns when it is this caller's turn.
    void await() throws InterruptedException {
        long turn;
        synchronized (this) {
            turn = Math.max(next, System.nanoTime());
            next = turn + nanosBetween;
        }
        long wait = turn - System.nanoTime();
        if (wait > 0) {
            Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
        }
    }
}
