package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Binary classifier optimisation of pairs: −log σ(βh_w − δ) − log σ(−(βh_l − δ)), Jung et al. 2024. The reward shift δ is
/// β times the mean of h over all completions so far, which the caller keeps ([RunningMean]) and gives.
///
/// @param beta β
/// @param meanRatio δ/β
public record Bco(double beta, double meanRatio) implements PreferenceLoss {
    public Bco {
        Bounds.positive("beta", beta);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor chosen = pairs.chosen().ratios().add(-meanRatio).mul(beta);
        Tensor rejected = pairs.rejected().ratios().add(-meanRatio).mul(beta);
        return Logistic.of(chosen).add(Logistic.of(rejected.neg()));
    }

    /// βh.
    @Override
    public Tensor rewards(Completions completions) {
        return completions.ratios().mul(beta);
    }

    @Override
    public Bco withMeanRatio(double value) {
        return new Bco(beta, value);
    }
}
