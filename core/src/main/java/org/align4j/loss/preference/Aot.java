package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Alignment by optimal transport, paired: the log-ratios log π(y_w)/π(y_l) of a batch, sorted, are
/// to exceed the reference's, sorted: DPO's loss of their differences, Melnyk et al. 2024. One
/// distribution shall dominate the other, so pairs only matter as a sample: the batch must not be
/// small.
///
/// @param beta β
/// @param labelSmoothing ε as in [Dpo]
public record Aot(double beta, double labelSmoothing) implements PreferenceLoss {
    public Aot {
        Bounds.positive("beta", beta);
        Bounds.smoothing(labelSmoothing);
    }

    static Aot defaults() {
        return new Aot(0.1, 0);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor policy = pairs.chosen().policy().sub(pairs.rejected().policy());
        Tensor reference = pairs.chosen().reference().sub(pairs.rejected().reference());
        Tensor apart = policy.sort(false).values().sub(reference.sort(false).values());
        return Logistic.smoothed(apart.mul(beta), labelSmoothing);
    }

    @Override
    public boolean perPair() {
        return false;
    }
}
