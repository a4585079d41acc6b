package org.align4j.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.random.CounterRandom;

/// Percentile bootstrap (Efron 1979): items are drawn again with replacement, 10,000 times, and the
/// figure computed each time. Comparisons are paired: both models are asked about the same items of
/// each draw, so what makes an item hard for both cancels.
public final class Bootstrap {
    private static final int DRAWS = 10_000;
    private static final double TAIL = 0.025;

    private Bootstrap() {}

    /// 95 % interval of the mean of `values`, at least one.
    public static Interval interval(double[] values, long seed) {
        return interval(parts(values), Figure.MEAN, seed);
    }

    /// 95 % interval of a figure.
    ///
    /// @param items the parts of each item, `[P]` each; at least one item
    public static Interval interval(List<double[]> items, Figure figure, long seed) {
        requireItems(items.size());
        return quantiles(draws(items, seed).mapToDouble(figure::of).toArray());
    }

    /// How the mean of `second` differs from that of `first`, item by item the same questions.
    public static Difference paired(double[] first, double[] second, long seed) {
        return paired(parts(first), parts(second), Figure.MEAN, seed);
    }

    /// How a figure of `second` differs from that of `first`.
    ///
    /// The p-value doubles the smaller share of draws on either side of no difference, draws
    /// without one counting on both sides, each side with one draw added (Davison and Hinkley 1997,
    /// § 4.2).
    ///
    /// @param first the parts of each item, `[P]` each
    /// @param second those of the same items in the same order
    public static Difference paired(List<double[]> first, List<double[]> second, Figure figure, long seed) {
        requireItems(first.size());
        if (first.size() != second.size()) {
            throw new IllegalArgumentException(
                    first.size() + " items cannot be paired with " + second.size() + "; give both for the same items");
        }
        int parts = first.getFirst().length;
        List<double[]> both = IntStream.range(0, first.size())
                .mapToObj(i -> joined(first.get(i), second.get(i)))
                .toList();
        Figure difference = sums ->
                figure.of(Arrays.copyOfRange(sums, parts, sums.length)) - figure.of(Arrays.copyOfRange(sums, 0, parts));
        double[] draws = draws(both, seed).mapToDouble(difference::of).toArray();
        long below = Arrays.stream(draws).filter(value -> value <= 0).count();
        long above = Arrays.stream(draws).filter(value -> value >= 0).count();
        double p = Math.min(1, 2.0 * (Math.min(below, above) + 1) / (DRAWS + 1));
        return new Difference(difference.of(sum(both)), quantiles(draws), p);
    }

    /// Each part summed over the items.
    static double[] sum(List<double[]> items) {
        double[] sums = new double[items.getFirst().length];
        items.forEach(item -> add(sums, item));
        return sums;
    }

    private static Stream<double[]> draws(List<double[]> items, long seed) {
        CounterRandom random = CounterRandom.of(seed, "bootstrap");
        return IntStream.range(0, DRAWS).parallel().mapToObj(draw -> {
            CounterRandom choice = random.at(draw);
            double[] sums = new double[items.getFirst().length];
            for (int i = 0; i < items.size(); i++) {
                add(sums, items.get((int) choice.below(items.size(), i)));
            }
            return sums;
        });
    }

    private static Interval quantiles(double[] draws) {
        // a draw may leave out all items of a small group
        double[] sorted = DoubleStream.of(draws)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return new Interval(Double.NaN, Double.NaN);
        }
        return new Interval(quantile(sorted, TAIL), quantile(sorted, 1 - TAIL));
    }

    /// Between two draws, linearly.
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        return sorted[below] + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
    }

    private static void add(double[] sums, double[] item) {
        for (int part = 0; part < sums.length; part++) {
            sums[part] += item[part];
        }
    }

    private static double[] joined(double[] one, double[] other) {
        double[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static List<double[]> parts(double[] values) {
        return DoubleStream.of(values).mapToObj(Figure::value).toList();
    }

    private static void requireItems(int items) {
        if (items == 0) {
            throw new IllegalArgumentException("an interval needs at least one item");
        }
    }
}
