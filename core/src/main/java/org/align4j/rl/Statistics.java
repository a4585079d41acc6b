package org.align4j.rl;

/// Mean and variance of numbers, those that are NaN left out.
///
/// @param count of numbers
/// @param mean 0 of none
/// @param squares Σ (x − mean)²
record Statistics(long count, double mean, double squares) {
    static final Statistics NONE = new Statistics(0, 0, 0);

    static Statistics of(double[] values, int from, int to) {
        long count = 0;
        double sum = 0;
        for (int i = from; i < to; i++) {
            if (!Double.isNaN(values[i])) {
                count++;
                sum += values[i];
            }
        }
        double mean = count == 0 ? 0 : sum / count;
        double squares = 0;
        for (int i = from; i < to; i++) {
            if (!Double.isNaN(values[i])) {
                squares += (values[i] - mean) * (values[i] - mean);
            }
        }
        return new Statistics(count, mean, squares);
    }

    /// Of both sets together (Chan et al. 1983).
    Statistics and(Statistics other) {
        long all = count + other.count;
        if (all == 0) {
            return NONE;
        }
        double difference = other.mean - mean;
        return new Statistics(
                all,
                mean + difference * other.count / all,
                squares + other.squares + difference * difference * count * other.count / all);
    }

    /// @param unbiased divides by n − 1; of fewer than two numbers it is 0
    double deviation(boolean unbiased) {
        long divisor = unbiased ? count - 1 : count;
        return divisor <= 0 ? 0 : Math.sqrt(squares / divisor);
    }
}
