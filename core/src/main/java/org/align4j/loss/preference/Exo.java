package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Efficient exact optimisation on pairs: KL(p_π ‖ p_r), eq. 16 of Ji et al. 2024, where p_π =
/// (σ(βΔ), σ(−βΔ)) and p_r = (1−ε, ε). DPO minimises the same divergence the other way round.
///
/// @param beta β
/// @param labelSmoothing ε in (0, 0.5): 0 would make the divergence infinite
public record Exo(double beta, double labelSmoothing) implements PreferenceLoss {
    public Exo {
        Bounds.positive("beta", beta);
        Bounds.smoothing(labelSmoothing);
        Bounds.require(labelSmoothing > 0, "label_smoothing must be > 0 for exo");
    }

    static Exo defaults() {
        return new Exo(0.1, 1e-3);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor margins = pairs.margins().mul(beta);
        return term(margins, 1 - labelSmoothing).add(term(margins.neg(), labelSmoothing));
    }

    /// q (log q − log p) with q = σ(x).
    private static Tensor term(Tensor x, double p) {
        return x.sigmoid().mul(x.logSigmoid().add(-Math.log(p)));
    }
}
