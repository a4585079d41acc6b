package org.align4j.loss;

import org.align4j.tensor.Tensor;

/// Losses of supervised learning on tokens.
public final class TokenLoss {
    private TokenLoss() {}

    /// −Σ log p / count. The count is of the whole accumulation window, so that any split of it
    /// into micro batches gives the same gradient.
    ///
    /// @param logps log-probabilities of the trained tokens, `[M]`
    /// @param count trained tokens of the window
    /// @return a scalar
    public static Tensor negativeLogLikelihood(Tensor logps, long count) {
        return logps.sum().mul(-1.0 / count);
    }

    /// Cross entropy against (1 − ε) of the target and ε of the uniform distribution (Szegedy et
    /// al. 2016), as transformers' label smoother has it.
    ///
    /// @param logps log-probabilities of the trained tokens, `[M]`
    /// @param meanLogps mean log-probability over the vocabulary at each, `[M]`
    /// @param smoothing ε, in [0, 1)
    /// @param count trained tokens of the window
    public static Tensor smoothed(Tensor logps, Tensor meanLogps, double smoothing, long count) {
        return logps.mul(1 - smoothing).add(meanLogps.mul(smoothing)).sum().mul(-1.0 / count);
    }
}
