package org.align4j.rating;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/// Krippendorff's α (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"): 1 − observed
/// by expected disagreement. 1 is perfect agreement, 0 what chance gives; below 0 labelers
/// contradict each other.
public final class KrippendorffAlpha {
    private KrippendorffAlpha() {}

    /// α with the ordinal metric: two values are as far apart as there are values between them,
    /// halves of the two included.
    ///
    /// @param units the values that each unit was given; units of one value don't count
    /// @return NaN where no unit has two values or all values are the same
    public static double ordinal(List<List<Double>> units) {
        List<List<Double>> paired =
                units.stream().filter(values -> values.size() > 1).toList();
        TreeMap<Double, Integer> counts = new TreeMap<>();
        paired.forEach(values -> values.forEach(value -> counts.merge(value, 1, Integer::sum)));
        List<Double> values = List.copyOf(counts.keySet());
        double[] count =
                counts.values().stream().mapToDouble(Integer::doubleValue).toArray();
        double[] before = new double[count.length];
        double total = 0;
        for (int i = 0; i < count.length; i++) {
            // half of the value's own count
            before[i] = total + count[i] / 2;
            total += count[i];
        }
        double observed = 0;
        for (List<Double> unit : paired) {
            double[] ranks = unit.stream()
                    .mapToDouble(value -> before[Collections.binarySearch(values, value)])
                    .toArray();
            double[] once = new double[ranks.length];
            Arrays.fill(once, 1);
            observed += squares(ranks, once) / (unit.size() - 1);
        }
        return 1 - (total - 1) * observed / squares(before, count);
    }

    /// Σ_ij w_i w_j (x_i − x_j)², by way of the mean.
    private static double squares(double[] x, double[] w) {
        double weight = 0;
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            weight += w[i];
            sum += w[i] * x[i];
        }
        double squares = 0;
        for (int i = 0; i < x.length; i++) {
            double off = x[i] - sum / weight;
            squares += w[i] * off * off;
        }
        return 2 * weight * squares;
    }
}
