package org.align4j.error;

/// Checks of values that a record or a method is given. What reads a configuration puts file, line
/// and key before the message.
public final class Require {
    private Require() {}

    /// @param message what the value must be, and what it is
    /// @throws IllegalArgumentException with it, where `condition` doesn't hold
    public static void that(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /// @param key what the value is called
    /// @throws IllegalArgumentException for a value that is smaller than `least`, or no number
    public static void atLeast(String key, double value, double least) {
        that(value >= least, key + " must be ≥ " + number(least) + ", got " + number(value));
    }

    /// @param key what the value is called
    /// @throws IllegalArgumentException for a value that is smaller than `least`
    public static void atLeast(String key, long value, long least) {
        that(value >= least, key + " must be ≥ " + least + ", got " + value);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}
