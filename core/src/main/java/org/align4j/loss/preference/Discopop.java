package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// DiscoPOP, the log-ratio modulated loss that a language model found: (1−m)·(−log σ(x)) +
/// m·e^(−x), x = βΔ, m = σ(x/τ), eq. 5 of Lu et al. 2024.
///
/// Departs: the second term is computed as one exponential, so that it is finite where TRL's is
/// not.
///
/// @param beta β
/// @param tau τ, 0.05 in the paper
public record Discopop(double beta, double tau) implements PreferenceLoss {
    public Discopop {
        Bounds.positive("beta", beta);
        Bounds.positive("tau", tau);
    }

    static Discopop defaults() {
        return new Discopop(0.1, 0.05);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor x = pairs.margins().mul(beta);
        Tensor modulation = x.mul(1 / tau);
        Tensor logistic = Logistic.of(x).mul(modulation.neg().sigmoid());
        return logistic.add(modulation.logSigmoid().sub(x).exp());
    }
}
