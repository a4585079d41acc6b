package org.align4j.data.flan;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Parts a number of examples by weights: whole numbers that differ from the exact shares by less
/// than one, and never more than each can give. What one cannot give, the others get, by their
/// weights.
final class Quotas {
    private Quotas() {}

    /// @param weights not negative
    /// @param capacities the most that each can give
    /// @return as many as there are weights; their sum is `total`, or what all can give where that
    ///     is less
    static long[] split(long total, double[] weights, long[] capacities) {
        long[] quotas = new long[weights.length];
        boolean[] full = new boolean[weights.length];
        long left = total;
        while (true) {
            double sum = IntStream.range(0, weights.length)
                    .filter(i -> !full[i])
                    .mapToDouble(i -> weights[i])
                    .sum();
            if (sum <= 0 || left <= 0) {
                return quotas;
            }
            double perWeight = left / sum;
            int[] exceeding = IntStream.range(0, weights.length)
                    .filter(i -> !full[i] && weights[i] * perWeight > capacities[i])
                    .toArray();
            if (exceeding.length == 0) {
                round(left, perWeight, weights, full, quotas);
                return quotas;
            }
            for (int i : exceeding) {
                quotas[i] = capacities[i];
                full[i] = true;
                left -= capacities[i];
            }
        }
    }

    /// Whole numbers by largest remainders.
    private static void round(long left, double perWeight, double[] weights, boolean[] full, long[] quotas) {
        int[] open = IntStream.range(0, weights.length)
                .filter(i -> !full[i] && weights[i] > 0)
                .toArray();
        long given = 0;
        double[] remainders = new double[weights.length];
        for (int i : open) {
            double exact = weights[i] * perWeight;
            quotas[i] = (long) exact;
            remainders[i] = exact - quotas[i];
            given += quotas[i];
        }
        int[] largestFirst = Arrays.stream(open)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -remainders[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int k = 0; k < left - given; k++) {
            quotas[largestFirst[k % largestFirst.length]]++;
        }
    }
}
