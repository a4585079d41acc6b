package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Robust DPO: (−(1−ε) log σ(βΔ) + ε log σ(−βΔ)) / (1−2ε), Chowdhury et al. 2024. Its expectation
/// under labels of which a share ε is flipped is DPO's loss under true labels. Unlike that, it has
/// no lower bound.
///
/// @param beta β
/// @param labelSmoothing ε, the share of flipped labels, in [0, 0.5)
public record RobustDpo(double beta, double labelSmoothing) implements PreferenceLoss {
    public RobustDpo {
        Bounds.positive("beta", beta);
        Bounds.smoothing(labelSmoothing);
    }

    static RobustDpo defaults() {
        return new RobustDpo(0.1, 0.1);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor margins = pairs.margins().mul(beta);
        return Logistic.of(margins)
                .mul(1 - labelSmoothing)
                .sub(Logistic.of(margins.neg()).mul(labelSmoothing))
                .mul(1 / (1 - 2 * labelSmoothing));
    }
}
