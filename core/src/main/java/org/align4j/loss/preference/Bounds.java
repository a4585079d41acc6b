package org.align4j.loss.preference;

/// Checks of constants.
final class Bounds {
    private Bounds() {}

    static void positive(String name, double value) {
        require(value > 0 && Double.isFinite(value), name + " must be > 0, got " + value);
    }

    static void atLeastZero(String name, double value) {
        require(value >= 0 && Double.isFinite(value), name + " must be ≥ 0, got " + value);
    }

    /// A share of labels that may be wrong: with half of them the labels would say nothing.
    static void smoothing(double value) {
        require(value >= 0 && value < 0.5, "label_smoothing must be in [0, 0.5), got " + value);
    }

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
