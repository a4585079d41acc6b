package org.align4j.loss.preference;

import java.util.ArrayList;
import java.util.List;
import org.align4j.tensor.Tensor;

/// Log-probabilities of whole completions from those of their tokens.
public final class SequenceLogps {
    private SequenceLogps() {}

    /// Sums over each completion, `[B]`.
    ///
    /// @param tokens the completions' tokens one after another, `[M]`
    /// @param lengths how many of them each has
    public static Tensor sums(Tensor tokens, int... lengths) {
        List<Tensor> sums = new ArrayList<>();
        long from = 0;
        for (int length : lengths) {
            sums.add(tokens.narrow(0, from, length).sum());
            from += length;
        }
        return Tensor.stack(sums, 0);
    }

    /// Sums in which the part of a completion that goes beyond the other of its pair counts α
    /// times, `[B]`: length-desensitised DPO (LD-DPO), Liu et al. 2024. α = 1: [#sums].
    ///
    /// @param tokens the completions' tokens one after another, `[M]`
    /// @param lengths how many of them each has
    /// @param others how many the other one of its pair has
    /// @param alpha α in [0, 1]
    public static Tensor desensitised(Tensor tokens, int[] lengths, int[] others, double alpha) {
        Bounds.require(alpha >= 0 && alpha <= 1, "ld_alpha must be in [0, 1], got " + alpha);
        float[] weights = new float[(int) tokens.size(0)];
        int token = 0;
        for (int b = 0; b < lengths.length; b++) {
            for (int t = 0; t < lengths[b]; t++) {
                weights[token++] = t < others[b] ? 1 : (float) alpha;
            }
        }
        return sums(tokens.mul(Tensor.of(weights).to(tokens.device())), lengths);
    }

    /// How likely the policy was to sample each pair, at most 1, `[B]`: what the loss of a pair is
    /// multiplied by in WPO, eq. 2 of Zhou et al. 2024, so that pairs unlike its own answers count
    /// less. Constants: gradients don't flow.
    ///
    /// @param chosen mean over the tokens of log p − log Σ_v p_v², `[B]`
    /// @param rejected likewise
    public static Tensor policyWeights(Tensor chosen, Tensor rejected) {
        return chosen.add(rejected).detach().clamp(-Float.MAX_VALUE, 0).exp();
    }
}
