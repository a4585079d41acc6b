package org.align4j.evaluate;

/// Where a figure lies with 95 % confidence.
public record Interval(double low, double high) {
    /// Whether no number lies in both.
    public boolean apartFrom(Interval other) {
        return high < other.low || other.high < low;
    }
}
