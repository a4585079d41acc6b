package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// DPO-positive: −log σ(β(Δ − λ·max(0, −h_w))), Pal et al. 2024 (Smaug). The penalty keeps
/// the chosen likelihood from falling below the reference's.
///
/// @param beta β
/// @param lambda λ, 50 in the paper's experiments
public record Dpop(double beta, double lambda) implements PreferenceLoss {
    public Dpop {
        Bounds.positive("beta", beta);
        Bounds.atLeastZero("lambda", lambda);
    }

    static Dpop defaults() {
        return new Dpop(0.1, 50);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor penalty = pairs.chosen().ratios().neg().relu().mul(lambda);
        return Logistic.of(pairs.margins().sub(penalty).mul(beta));
    }
}
