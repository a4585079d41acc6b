package org.align4j.rl;

import java.util.Arrays;

/// Advantages of tokens, from rewards of tokens or steps. Sequences lie end to end, as in a packed
/// batch.
public final class Advantages {
    private static final double WHITENING_EPSILON = 1e-8;

    private Advantages() {}

    /// What generalised advantage estimation gives.
    ///
    /// @param advantages A, `[M]`
    /// @param returns A + V, what a value model should have said, `[M]`
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
    public record Estimates(double[] advantages, double[] returns) {}

    /// GAE(γ, λ), eqs. 11 and 16 of Schulman et al. 2016: δ_t = r_t + γ V_{t+1} − V_t, A_t = Σ_l
    /// (γλ)^l δ_{t+l}. After a sequence's last token the value is 0.
    ///
    /// @param rewards after each token, `[M]`
    /// @param values of the state before each token, `[M]`
    /// @param lengths tokens of each sequence
    public static Estimates generalised(double[] rewards, double[] values, int[] lengths, double gamma, double lambda) {
        double[] advantages = new double[rewards.length];
        double[] returns = new double[rewards.length];
        int end = 0;
        for (int length : lengths) {
            int start = end;
            end += length;
            double next = 0;
            double nextValue = 0;
            for (int t = end - 1; t >= start; t--) {
                double delta = rewards[t] + gamma * nextValue - values[t];
                next = delta + gamma * lambda * next;
                nextValue = values[t];
                advantages[t] = next;
                returns[t] = next + values[t];
            }
        }
        return new Estimates(advantages, returns);
    }

    /// Values in units of their standard deviation (unbiased).
    ///
    /// @param aroundMean whether the mean becomes 0, or stays
    public static double[] whitened(double[] values, boolean aroundMean) {
        Statistics statistics = Statistics.of(values, 0, values.length);
        double variance = statistics.deviation(true) * statistics.deviation(true);
        double scale = 1 / Math.sqrt(variance + WHITENING_EPSILON);
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (values[i] - statistics.mean()) * scale + (aroundMean ? 0 : statistics.mean());
        }
        return result;
    }

    /// The same for all tokens of an output.
    ///
    /// @param advantages of the outputs, `[B]`
    /// @return `[M]`
    public static double[] spread(double[] advantages, int[] lengths) {
        double[] result = new double[Arrays.stream(lengths).sum()];
        int at = 0;
        for (int b = 0; b < lengths.length; b++) {
            Arrays.fill(result, at, at + lengths[b], advantages[b]);
            at += lengths[b];
        }
        return result;
    }

    /// Process supervision, section 4.1.3 of Shao et al. 2024: rewards of steps are normalised over
    /// all steps of the group's outputs; a token's advantage is the sum of those of the steps that
    /// end at it or later.
    ///
    /// @param stepRewards of each output's steps; the outputs of a group follow each other
    /// @param stepEnds the last token of each of these steps, counted within its output, rising
    /// @param lengths tokens of each output
    /// @return `[M]`
    public static double[] ofSteps(
            double[][] stepRewards, int[][] stepEnds, int[] lengths, int group, GroupAdvantage normalising) {
        double[] advantages = new double[Arrays.stream(lengths).sum()];
        int offset = 0;
        for (int first = 0; first < lengths.length; first += group) {
            double[] all = Arrays.stream(stepRewards, first, first + group)
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            double[] normalised = all.length < 2 ? new double[all.length] : normalising.of(all, all.length);
            int step = 0;
            for (int b = first; b < first + group; b++) {
                for (int s = 0; s < stepRewards[b].length; s++, step++) {
                    for (int t = 0; t <= stepEnds[b][s]; t++) {
                        advantages[offset + t] += normalised[step];
                    }
                }
                offset += lengths[b];
            }
        }
        return advantages;
    }
}
