package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// The preference term of contrastive preference optimisation: −log σ(β log π(y_w) − β log π(y_l)), Xu et al.
/// 2024: DPO with a uniform reference. The paper adds [Nll] with weight 1.
///
/// @param beta β
/// @param labelSmoothing ε as in [Dpo]
public record Cpo(double beta, double labelSmoothing) implements PreferenceLoss {
    public Cpo {
        Bounds.positive("beta", beta);
        Bounds.smoothing(labelSmoothing);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor margins = pairs.chosen().policy().sub(pairs.rejected().policy());
        return Logistic.smoothed(margins.mul(beta), labelSmoothing);
    }

    /// β log π.
    @Override
    public Tensor rewards(Completions completions) {
        return completions.policy().mul(beta);
    }

    @Override
    public boolean usesReference() {
        return false;
    }
}
