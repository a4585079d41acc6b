package org.align4j.loss.preference;

import java.util.Map;

/// The mean of all values seen.
///
/// @param count of them
public record RunningMean(double count, double mean) {
    public static final RunningMean NONE = new RunningMean(0, 0);

    private static final String COUNT = "ratio_count";
    private static final String MEAN = "ratio_mean";

    /// What [#numbers] gave.
    public static RunningMean of(Map<String, Double> numbers) {
        return new RunningMean(numbers.getOrDefault(COUNT, 0.0), numbers.getOrDefault(MEAN, 0.0));
    }

    /// For a checkpoint.
    public Map<String, Double> numbers() {
        return Map.of(COUNT, count, MEAN, mean);
    }

    /// With `values` seen too.
    public RunningMean with(float... values) {
        double newCount = count + values.length;
        double sum = 0;
        for (float value : values) {
            sum += value - mean;
        }
        return values.length == 0 ? this : new RunningMean(newCount, mean + sum / newCount);
    }
}
