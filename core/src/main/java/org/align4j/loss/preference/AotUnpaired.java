package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Alignment by optimal transport, unpaired: the sorted h of a batch's chosen answers are to exceed
/// the sorted h of its rejected ones: DPO's loss of their differences, Melnyk et al. 2024.
/// (`aot_pair` of TRL before 1.0.)
///
/// @param beta β
/// @param labelSmoothing ε as in [Dpo]
public record AotUnpaired(double beta, double labelSmoothing) implements PreferenceLoss {
    public AotUnpaired {
        Bounds.positive("beta", beta);
        Bounds.smoothing(labelSmoothing);
    }

    static AotUnpaired defaults() {
        return new AotUnpaired(0.1, 0);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor chosen = pairs.chosen().ratios().sort(false).values();
        Tensor apart = chosen.sub(pairs.rejected().ratios().sort(false).values());
        return Logistic.smoothed(apart.mul(beta), labelSmoothing);
    }

    @Override
    public boolean perPair() {
        return false;
    }
}
