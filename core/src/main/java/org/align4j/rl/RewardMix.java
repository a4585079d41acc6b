package org.align4j.rl;

import java.util.List;

/// Several rewards made one. An unknown reward, NaN, abstains: the others decide; where all are
/// unknown, so is the sum.
///
/// @param weights of the rewards
/// @param normaliseFirst whether each reward is normalised within its groups before they are added,
///     and the sum over the batch, so that no reward drowns another (GDPO, 2026)
public record RewardMix(List<Double> weights, boolean normaliseFirst) {
    public RewardMix {
        weights = List.copyOf(weights);
    }

    /// The weighted sum of the rewards of each answer.
    ///
    /// @param rewards of each function, `[F][B]`
    /// @return `[B]`
    public double[] sum(double[][] rewards) {
        int size = rewards[0].length;
        double[] sums = new double[size];
        for (int i = 0; i < size; i++) {
            boolean known = false;
            for (int f = 0; f < rewards.length; f++) {
                if (!Double.isNaN(rewards[f][i])) {
                    sums[i] += weights.get(f) * rewards[f][i];
                    known = true;
                }
            }
            sums[i] = known ? sums[i] : Double.NaN;
        }
        return sums;
    }

    /// The advantages of each answer.
    ///
    /// @param rewards of each function, `[F][B]`
    public double[] advantages(double[][] rewards, int group, GroupAdvantage advantage) {
        double[] sums = sum(rewards);
        if (!normaliseFirst) {
            return advantage.of(sums, group);
        }
        double[][] normalised = new double[rewards.length][];
        for (int f = 0; f < rewards.length; f++) {
            normalised[f] = advantage.of(rewards[f], group);
        }
        return GroupAdvantage.overBatch(sum(normalised), sums, advantage.epsilon());
    }
}
