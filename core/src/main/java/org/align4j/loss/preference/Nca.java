package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Noise contrastive alignment of two completions with hard labels: −log σ(βh_w) − ½ log σ(−βh_w) −
/// ½ log σ(−βh_l), from Chen et al. 2024. The first term keeps the chosen likelihood from falling,
/// which DPO doesn't.
///
/// @param beta β
public record Nca(double beta) implements PreferenceLoss {
    public Nca {
        Bounds.positive("beta", beta);
    }

    static Nca defaults() {
        return new Nca(0.1);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor chosen = rewards(pairs.chosen());
        Tensor rejected = rewards(pairs.rejected());
        return Logistic.of(chosen)
                .add(Logistic.of(chosen.neg()).add(Logistic.of(rejected.neg())).mul(0.5));
    }
}
