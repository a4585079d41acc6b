package org.align4j.evaluate;

import java.util.List;
import java.util.Optional;

/// One metric of one model on one set.
///
/// @param items the parts of each item that it is about, `[P]` each, in the set's order
/// @param resampled whether drawing items again makes sense; it doesn't where items are compared
///     with each other
public record Measurement(String metric, List<double[]> items, Figure figure, boolean resampled) {
    /// @param items at least one
    public Measurement {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new IllegalArgumentException(metric + ": no items to measure");
        }
    }

    static Measurement of(String metric, List<double[]> items, Figure figure) {
        return new Measurement(metric, items, figure, true);
    }

    /// A figure of the answers as a whole.
    static Measurement whole(String metric, double value) {
        return new Measurement(metric, List.of(Figure.value(value)), Figure.MEAN, false);
    }

    public double value() {
        return figure.of(Bootstrap.sum(items));
    }

    /// 95 % bootstrap interval, where there can be one: of at least two items.
    public Optional<Interval> interval(long seed) {
        return resampled && items.size() > 1 ? Optional.of(Bootstrap.interval(items, figure, seed)) : Optional.empty();
    }

    /// How `other`'s figure on the same items differs from this one, where it can be said.
    public Optional<Difference> difference(Measurement other, long seed) {
        return resampled && items.size() > 1 && other.items.size() == items.size()
                ? Optional.of(Bootstrap.paired(items, other.items, figure, seed))
                : Optional.empty();
    }
}
