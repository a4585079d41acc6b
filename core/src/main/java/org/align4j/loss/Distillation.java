package org.align4j.loss;

import org.align4j.tensor.Tensor;

/// Learning from a teacher's token probabilities beside the tokens themselves (Hinton, Vinyals and
/// Dean 2015): (1 − w) · −log p(token) + w T² KL(q_T ‖ p_T). The factor T² keeps the size of the
/// gradient when the temperature T softens both distributions.
///
/// @param weight w, in [0, 1]
/// @param temperature T
public record Distillation(double weight, double temperature) {
    public Distillation {
        if (!(weight >= 0 && weight <= 1)) {
            throw new IllegalArgumentException("weight must be in [0, 1], got " + weight);
        }
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature must be > 0, got " + temperature);
        }
    }

    /// @param logps log-probabilities of the trained tokens, `[M]`
    /// @param divergence KL(q_T ‖ p_T) at each, `[M]`
    /// @param count trained tokens of the window
    /// @return a scalar
    public Tensor of(Tensor logps, Tensor divergence, long count) {
        return divergence
                .mul(weight * temperature * temperature)
                .sub(logps.mul(1 - weight))
                .sum()
                .mul(1.0 / count);
    }
}
