package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Contrastive preference optimisation, eq. 3 of Xu et al. 2024: −log σ(β log π(y_w) − β log
/// π(y_l)), which
/// is DPO with a uniform reference, and [Nll].
///
/// @param beta β
/// @param labelSmoothing ε as in [Dpo]
/// @param nll weight of [Nll], 1 in the paper
public record Cpo(double beta, double labelSmoothing, double nll) implements PreferenceLoss {
    public Cpo {
        Bounds.positive("beta", beta);
        Bounds.smoothing(labelSmoothing);
        Bounds.atLeastZero("nll", nll);
    }

    static Cpo defaults() {
        return new Cpo(0.1, 0, 1);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor margins = pairs.chosen().policy().sub(pairs.rejected().policy());
        Tensor preference = Logistic.smoothed(margins.mul(beta), labelSmoothing);
        return nll == 0 ? preference : preference.add(new Nll().of(pairs).mul(nll));
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
