package org.align4j.loss;

/// How the losses of tokens become one: what each token weighs. The window is all micro batches of
/// an optimiser step, so that accumulating 2 × 4 equals 1 × 8.
public sealed interface Aggregation {
    /// What a window holds.
    ///
    /// @param outputs in all micro batches, those left out too
    /// @param tokens of them that count
    /// @param microBatches of the step
    record Window(long outputs, long tokens, int microBatches) {
        /// A window that is one micro batch.
        public static Window of(int... lengths) {
            long tokens = 0;
            for (int length : lengths) {
                tokens += length;
            }
            return new Window(lengths.length, tokens, 1);
        }
    }

    /// The mean over outputs of the mean over each one's tokens: GRPO (Shao et al. 2024, eq. 3).
    record OutputMean() implements Aggregation {}

    /// The mean over the window's tokens: DAPO (Yu et al. 2025, eq. 8).
    record TokenMean() implements Aggregation {}

    /// The mean over each micro batch's tokens, then over micro batches: TRL's BNPO. Depends on how
    /// a window is cut.
    record MicroBatchTokenMean() implements Aggregation {}

    /// The mean over outputs of their sums divided by a constant, so that length has no influence:
    /// Dr. GRPO (Liu et al. 2025). With 1, an output of one ratio weighs its length: LUSPO
    /// (Length-Unbiased Sequence Policy Optimization, 2026), mostly with the ratio of outputs'
    /// means.
    ///
    /// @param length mostly the longest output asked for
    record ConstantLength(int length) implements Aggregation {
        public ConstantLength {
            if (length < 1) {
                throw new IllegalArgumentException("length must be ≥ 1, got " + length);
            }
        }
    }

    /// The weight of each token of a micro batch.
    ///
    /// @param lengths tokens of each output
    /// @return `[M]`, M the sum of the lengths
    default float[] weights(int[] lengths, Window window) {
        int tokens = 0;
        for (int length : lengths) {
            tokens += length;
        }
        float[] weights = new float[tokens];
        int token = 0;
        for (int length : lengths) {
            double weight = switch (this) {
                case OutputMean() -> 1.0 / ((double) length * window.outputs());
                case TokenMean() -> 1.0 / window.tokens();
                case MicroBatchTokenMean() -> 1.0 / ((double) tokens * window.microBatches());
                case ConstantLength constant -> 1.0 / ((double) constant.length() * window.outputs());
            };
            for (int t = 0; t < length; t++) {
                weights[token++] = (float) weight;
            }
        }
        return weights;
    }
}
