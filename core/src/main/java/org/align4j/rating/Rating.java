package org.align4j.rating;

/// How strong an item is.
///
/// @param strength natural-log scale; the mean over all items is 0
/// @param error its standard error
public record Rating(String item, double strength, double error) {
    private static final double NORMAL_QUANTILE = 1.959964;
    private static final double ELO_PER_UNIT = 400 / Math.log(10);
    private static final double ELO_MEAN = 1500;

    /// Low end of the 95 % interval.
    public double low() {
        return strength - NORMAL_QUANTILE * error;
    }

    /// High end of the 95 % interval.
    public double high() {
        return strength + NORMAL_QUANTILE * error;
    }

    /// A strength on Elo's scale: 400 points are odds of 10 to 1, the mean is 1500.
    public static double elo(double strength) {
        return ELO_MEAN + ELO_PER_UNIT * strength;
    }
}
