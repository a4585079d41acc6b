package org.align4j.rating;

/// One option was chosen among several: P ∝ e^u with utilities u = a Σ c x + d t of strengths x and
/// the tie term t, a being the labeler's sharpness.
///
/// @param options for each the numbers of its items
/// @param shares for each item of each option its c
/// @param ties for each option its d
/// @param weight how much it counts
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
record Pick(int[][] options, double[][] shares, double[] ties, int chosen, double weight) {
    private static final double[] WHOLE = {1};

    /// Item `chosen` (a place in `items`) is chosen among items.
    static Pick among(int[] items, int chosen, double weight) {
        return among(items, new double[items.length], chosen, weight);
    }

    /// As above with a tie term for each option.
    static Pick among(int[] items, double[] ties, int chosen, double weight) {
        int[][] options = new int[items.length][];
        double[][] shares = new double[items.length][];
        for (int i = 0; i < items.length; i++) {
            options[i] = new int[] {items[i]};
            shares[i] = WHOLE;
        }
        return new Pick(options, shares, ties, chosen, weight);
    }
}
