package org.align4j.bench.frontier;

import java.util.ArrayList;
import java.util.List;

/// What choosing the best of n stories of the reference gives, and what the best policies of all
/// would give.
///
/// @param worths of `[questions][candidates]` stories
/// @param scores that a reward model gives them
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
record BestOf(double[][] worths, double[][] scores) {
    /// log n − (n − 1)/n, Beirami et al. 2024: never less than the KL of best-of-n.
    private static double kl(int n) {
        return Math.log(n) - (n - 1) / (double) n;
    }

    /// Mean worth of the story with the highest score among n, over all disjoint groups of n.
    private double worth(int n) {
        double sum = 0;
        int count = 0;
        for (int q = 0; q < worths.length; q++) {
            for (int from = 0; from + n <= worths[q].length; from += n) {
                int best = from;
                for (int i = from + 1; i < from + n; i++) {
                    best = scores[q][i] > scores[q][best] ? i : best;
                }
                sum += worths[q][best];
                count++;
            }
        }
        return sum / count;
    }

    /// n = 1, 2, 4, … as far as there are candidates.
    List<Point> points(long seed) {
        List<Point> points = new ArrayList<>();
        for (int n = 1; n <= worths[0].length; n *= 2) {
            points.add(point("best of n", "n = " + n, seed, kl(n), worth(n)));
        }
        for (double beta : new double[] {2, 1, 0.5, 0.3, 0.2, 0.15, 0.1, 0.05}) {
            points.add(optimum(beta, seed));
        }
        return points;
    }

    /// π* = π_ref exp(r/β)/Z of the gold reward itself, each question's candidates standing for
    /// π_ref: no policy has more reward at its KL.
    private Point optimum(double beta, long seed) {
        double kl = 0;
        double reward = 0;
        for (double[] candidates : worths) {
            double z = 0;
            double mean = 0;
            for (double worth : candidates) {
                z += Math.exp(worth / beta) / candidates.length;
                mean += worth * Math.exp(worth / beta) / candidates.length;
            }
            reward += mean / z;
            kl += mean / z / beta - Math.log(z);
        }
        return point("optimum", "β = " + beta, seed, kl / worths.length, reward / worths.length);
    }

    private static Point point(String method, String setting, long seed, double kl, double reward) {
        return new Point(method, setting, seed, 1, kl, reward, Double.NaN, Double.NaN, 0);
    }

    /// @param worths of the stories, question by question
    static BestOf of(double[] worths, double[] scores, int candidates) {
        return new BestOf(rows(worths, candidates), rows(scores, candidates));
    }

    private static double[][] rows(double[] values, int candidates) {
        double[][] rows = new double[values.length / candidates][candidates];
        for (int i = 0; i < values.length; i++) {
            rows[i / candidates][i % candidates] = values[i];
        }
        return rows;
    }
}
