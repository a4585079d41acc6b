package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Hinge: max(0, 1 − βΔ), the hinge-norm of RSO, Liu et al. 2023. With a uniform reference it is
/// the ranking loss of SLiC-HF, Zhao et al. 2023, with δ = 1/β.
///
/// @param beta β
/// @param divergence as in [Dpo]
public record Hinge(double beta, Divergence divergence) implements PreferenceLoss {
    public Hinge {
        Bounds.positive("beta", beta);
    }

    static Hinge defaults() {
        return Hinge.of(0.1);
    }

    public static Hinge of(double beta) {
        return new Hinge(beta, new Divergence.ReverseKl());
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor chosen = divergence.score(pairs.chosen().ratios());
        return chosen.sub(divergence.score(pairs.rejected().ratios()))
                .mul(-beta)
                .add(1)
                .relu();
    }
}
