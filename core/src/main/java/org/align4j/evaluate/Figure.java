package org.align4j.evaluate;

/// A number that is a function of sums over items, such as a mean (sum and count), a perplexity
/// (log-probability and tokens) or BLEU (matches and lengths).
@FunctionalInterface
public interface Figure {
    /// The mean of items made by [#value]: sums of values and of items.
    Figure MEAN = sums -> sums[0] / sums[1];

    /// @param sums each part summed over the items, `[P]`
    double of(double[] sums);

    /// The parts of a value whose [#MEAN] is wanted.
    static double[] value(double value) {
        return new double[] {value, 1};
    }
}
