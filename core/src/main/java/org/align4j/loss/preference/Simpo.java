package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Simple preference optimisation: −log σ(β(r_w − r_l) − γ), Meng et al. 2024, r the mean
/// log-probability of a completion's tokens; no reference.
///
/// With α ≠ 0 it is AlphaPO, Gupta et al. 2025: r = (1 − p^−α)/α, p the geometric mean of the
/// tokens' probabilities.
///
/// @param beta β
/// @param gamma γ, the margin wanted
/// @param alpha α; 0 for SimPO
/// @param labelSmoothing ε as in [Dpo]
public record Simpo(double beta, double gamma, double alpha, double labelSmoothing) implements PreferenceLoss {
    public Simpo {
        Bounds.positive("beta", beta);
        Bounds.require(Double.isFinite(gamma), "gamma must be finite, got " + gamma);
        Bounds.require(Double.isFinite(alpha), "alpha must be finite, got " + alpha);
        Bounds.smoothing(labelSmoothing);
    }

    static Simpo defaults() {
        return new Simpo(2, 1, 0, 0);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor margins = rewards(pairs.chosen()).sub(rewards(pairs.rejected()));
        return Logistic.smoothed(margins.add(-gamma), labelSmoothing);
    }

    /// βr.
    @Override
    public Tensor rewards(Completions completions) {
        Tensor logps = completions.averaged().policy();
        return alpha == 0
                ? logps.mul(beta)
                : logps.mul(-alpha)
                        .clamp(-Divergence.LARGEST_EXPONENT, Divergence.LARGEST_EXPONENT)
                        .expm1()
                        .mul(-beta / alpha);
    }

    @Override
    public boolean usesReference() {
        return false;
    }
}
