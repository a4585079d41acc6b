package org.align4j.loss;

import org.align4j.tensor.Tensor;

/// Keeps a reward model's scores near zero: Bradley–Terry alone leaves each prompt's level open.
public final class Centring {
    private Centring() {}

    /// Mean of (r_i + r_j)² over all pairs of K outputs (Eisenstein et al. 2023 for K = 2); of r²
    /// for one output.
    ///
    /// @param scores `[K]`
    /// @return a scalar, before its coefficient
    public static Tensor of(Tensor scores) {
        long outputs = scores.size(0);
        if (outputs == 1) {
            return scores.square().mean();
        }
        // Σ_{i<j} (r_i + r_j)² = (K − 2) Σ r² + (Σ r)²
        Tensor sum = scores.square().sum().mul(outputs - 2.0).add(scores.sum().square());
        return sum.mul(2.0 / (outputs * (outputs - 1.0)));
    }
}
