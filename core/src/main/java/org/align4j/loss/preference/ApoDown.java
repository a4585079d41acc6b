package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Anchored preference optimisation, down: σ(βh_w) + 1 − σ(βΔ), eq. 8 of D'Oosterlinck et al. 2024.
/// For data whose chosen answers are worse than the model's: both likelihoods go down, the rejected
/// ones' more.
///
/// @param beta β
public record ApoDown(double beta) implements PreferenceLoss {
    public ApoDown {
        Bounds.positive("beta", beta);
    }

    static ApoDown defaults() {
        return new ApoDown(0.1);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor apart = pairs.margins().mul(-beta).sigmoid();
        return rewards(pairs.chosen()).sigmoid().add(apart);
    }
}
