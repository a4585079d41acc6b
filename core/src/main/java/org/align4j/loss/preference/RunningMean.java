package org.align4j.loss.preference;

/// The mean of all values seen.
///
/// @param count of them
public record RunningMean(double count, double mean) {
    public static final RunningMean NONE = new RunningMean(0, 0);

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
