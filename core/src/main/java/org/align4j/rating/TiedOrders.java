package org.align4j.rating;

import java.util.ArrayList;
import java.util.List;

/// One place of a ranking under Plackett–Luce: items that are chosen, in an order nobody told,
/// before all later ones.
///
/// @param group the items at this place
/// @param later those at later places, at least one
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
record TiedOrders(int[] group, int[] later) {
    /// @param logLikelihood the sum over all orders of the group
    /// @param picks each way on from each set chosen so far, weighted by its probability given that
    ///     the group came first
    record Expected(double logLikelihood, List<Pick> picks) {}

    /// What is known of the order at utilities `u` by item.
    Expected at(double[] u) {
        int all = (1 << group.length) - 1;
        double[] left = new double[all + 1];
        for (int chosen = 0; chosen <= all; chosen++) {
            left[chosen] = logSum(u, rest(chosen));
        }
        // of the orders in which a set comes about, and of those in which the others follow it
        double[] before = new double[all + 1];
        double[] after = new double[all + 1];
        for (int chosen = 1; chosen <= all; chosen++) {
            double[] ways = new double[group.length];
            for (int i = 0; i < group.length; i++) {
                boolean last = (chosen & (1 << i)) != 0;
                int without = chosen & ~(1 << i);
                ways[i] = last ? before[without] + u[group[i]] - left[without] : Double.NEGATIVE_INFINITY;
            }
            before[chosen] = logSum(ways);
        }
        for (int chosen = all - 1; chosen >= 0; chosen--) {
            double[] ways = new double[group.length];
            for (int i = 0; i < group.length; i++) {
                boolean next = (chosen & (1 << i)) == 0;
                ways[i] = next ? after[chosen | (1 << i)] + u[group[i]] - left[chosen] : Double.NEGATIVE_INFINITY;
            }
            after[chosen] = logSum(ways);
        }
        List<Pick> picks = new ArrayList<>();
        for (int chosen = 0; chosen < all; chosen++) {
            int[] rest = rest(chosen);
            int place = 0;
            for (int i = 0; i < group.length; i++) {
                if ((chosen & (1 << i)) == 0) {
                    double logp = before[chosen] + u[group[i]] - left[chosen] + after[chosen | (1 << i)] - before[all];
                    picks.add(Pick.among(rest, place, Math.exp(logp)));
                    place++;
                }
            }
        }
        return new Expected(before[all], picks);
    }

    /// What is left when the items of `chosen` are taken: the group's first.
    private int[] rest(int chosen) {
        int[] rest = new int[group.length - Integer.bitCount(chosen) + later.length];
        int count = 0;
        for (int i = 0; i < group.length; i++) {
            if ((chosen & (1 << i)) == 0) {
                rest[count++] = group[i];
            }
        }
        System.arraycopy(later, 0, rest, count, later.length);
        return rest;
    }

    private static double logSum(double[] u, int[] items) {
        double[] chosen = new double[items.length];
        for (int i = 0; i < items.length; i++) {
            chosen[i] = u[items[i]];
        }
        return logSum(chosen);
    }

    /// log Σ e^u.
    static double logSum(double[] u) {
        double most = Double.NEGATIVE_INFINITY;
        for (double value : u) {
            most = Math.max(most, value);
        }
        double sum = 0;
        for (double value : u) {
            sum += Math.exp(value - most);
        }
        return most + Math.log(sum);
    }
}
