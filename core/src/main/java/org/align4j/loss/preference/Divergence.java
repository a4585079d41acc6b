package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// The f-divergence that holds the policy near the reference. The reward that makes π optimal under
/// it is β·f′(π/π_ref) up to a constant of the prompt, which cancels in a pair: f-DPO, theorem 1 of
/// Wang et al. 2023. [#score] gives f′(u) of h = log u without its constant.
public sealed interface Divergence {
    /// f = u log u: DPO's own, score h.
    record ReverseKl() implements Divergence {}

    /// f = −log u, score −1/u.
    record ForwardKl() implements Divergence {}

    /// f = u log u − (u+1) log((u+1)/2), score log(u/(1+u)).
    record JensenShannon() implements Divergence {}

    /// f = (u^α − αu + α − 1)/(α(α−1)), score u^(α−1)/(α−1). Near α = 1 it is [ReverseKl];
    /// [ForwardKl] has α = 0.
    record Alpha(double alpha) implements Divergence {
        public Alpha {
            Bounds.require(Double.isFinite(alpha), "alpha must be finite, got " + alpha);
        }
    }

    /// A power of e that float32 still holds, with room for a factor.
    double LARGEST_EXPONENT = 80;

    /// @param ratios h, `[B]`
    /// @return f′(e^h) without its constant, `[B]`
    default Tensor score(Tensor ratios) {
        return switch (this) {
            case ReverseKl() -> ratios;
            case ForwardKl() -> exp(ratios.neg()).neg();
            case JensenShannon() -> ratios.logSigmoid();
            case Alpha(double alpha) when Math.abs(alpha - 1) < 1e-6 -> ratios;
            case Alpha(double alpha) -> exp(ratios.mul(alpha - 1)).mul(1 / (alpha - 1));
        };
    }

    /// e^x that stays finite; above, it is constant.
    private static Tensor exp(Tensor x) {
        return x.clamp(-Float.MAX_VALUE, LARGEST_EXPONENT).exp();
    }
}
