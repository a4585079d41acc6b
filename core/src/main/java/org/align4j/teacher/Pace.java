package org.align4j.teacher;

/// Lets calls through at an even rate.
final class Pace {
    private final long nanosBetween;
    private long next = System.nanoTime();

    /// @param perMinute calls; 0: all at once
    Pace(int perMinute) {
        nanosBetween = perMinute == 0 ? 0 : 60_000_000_000L / perMinute;
    }

    /// Takes the next turn; how many milliseconds it is off.
    synchronized long turn() {
        long now = System.nanoTime();
        long turn = Math.max(next, now);
        next = turn + nanosBetween;
        return (turn - now) / 1_000_000;
    }
}
