package org.align4j.rl;

/// Rewards in units of the standard deviation of all that have been seen, so that their scale
/// doesn't matter. Immutable; a checkpoint stores the three numbers.
///
/// @param count rewards seen
/// @param mean of them
/// @param squares Σ (r − mean)² of them
public record RunningNormaliser(long count, double mean, double squares) {
    private static final double EPSILON = 1e-8;

    /// Nothing seen.
    public static final RunningNormaliser START = new RunningNormaliser(0, 0, 0);

    /// With these rewards seen too; NaN is left out.
    public RunningNormaliser seen(double[] rewards) {
        Statistics all = new Statistics(count, mean, squares).and(Statistics.of(rewards, 0, rewards.length));
        return new RunningNormaliser(all.count(), all.mean(), all.squares());
    }

    /// @param aroundMean whether the mean is taken off; otherwise 0 stays 0
    public double[] of(double[] rewards, boolean aroundMean) {
        double deviation = new Statistics(count, mean, squares).deviation(true);
        double[] result = new double[rewards.length];
        for (int i = 0; i < rewards.length; i++) {
            // without differences there is no unit: a tiny one of rounding would blow them up
            result[i] = deviation < EPSILON ? rewards[i] : (rewards[i] - (aroundMean ? mean : 0)) / deviation;
        }
        return result;
    }
}
