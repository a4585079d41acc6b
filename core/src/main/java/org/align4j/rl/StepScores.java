package org.align4j.rl;

/// What the steps of answers are worth, and where they end.
///
/// @param rewards of each answer's steps
/// @param ends the last token of each of these steps, counted within the answer's drawn tokens,
///     rising
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record StepScores(double[][] rewards, int[][] ends) {
    /// How many steps there are.
    public int count() {
        int count = 0;
        for (double[] own : rewards) {
            count += own.length;
        }
        return count;
    }
}
