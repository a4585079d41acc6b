package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Anchored preference optimisation, zero: 1 − σ(βh_w) + σ(βh_l), eq. 7 of D'Oosterlinck et al.
/// 2024. For data whose chosen answers are better than the model's: their likelihood goes up, the
/// rejected ones' down.
///
/// @param beta β
public record ApoZero(double beta) implements PreferenceLoss {
    public ApoZero {
        Bounds.positive("beta", beta);
    }

    static ApoZero defaults() {
        return new ApoZero(0.1);
    }

    @Override
    public Tensor of(Pairs pairs) {
        // 1 − σ(x) = σ(−x)
        Tensor chosen = rewards(pairs.chosen()).neg().sigmoid();
        return chosen.add(rewards(pairs.rejected()).sigmoid());
    }
}
