package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Negative log-likelihood of the chosen answer, per token: −log π(y_w|x)/|y_w|. Added to DPO it
/// makes RPO, Pang et al. 2024.
public record Nll() implements PreferenceLoss {
    @Override
    public Tensor of(Pairs pairs) {
        return pairs.chosen().averaged().policy().neg();
    }

    @Override
    public double beta() {
        return 1;
    }

    /// log p, p the geometric mean of the tokens' probabilities.
    @Override
    public Tensor rewards(Completions completions) {
        return completions.averaged().policy();
    }

    @Override
    public boolean usesReference() {
        return false;
    }
}
