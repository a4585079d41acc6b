package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Binary classifier optimisation of pairs: −log σ(βh_w − δ) − log σ(−(βh_l − δ)), Jung et al.
/// 2024. The reward shift δ is β times [Pairs#meanRatio()].
///
/// @param beta β
public record Bco(double beta) implements PreferenceLoss {
    public Bco {
        Bounds.positive("beta", beta);
    }

    static Bco defaults() {
        return new Bco(0.1);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor chosen = pairs.chosen().ratios().add(-pairs.meanRatio()).mul(beta);
        Tensor rejected = pairs.rejected().ratios().add(-pairs.meanRatio()).mul(beta);
        return Logistic.of(chosen).add(Logistic.of(rejected.neg()));
    }

    @Override
    public boolean usesMeanRatio() {
        return true;
    }
}
