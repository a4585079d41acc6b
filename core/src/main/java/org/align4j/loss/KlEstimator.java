package org.align4j.loss;

import org.align4j.tensor.Tensor;

/// Estimates of KL(π ‖ π_ref) from tokens drawn from π, named as by Schulman (2020, "Approximating
/// KL divergence"). With log r = log π_ref − log π of a drawn token:
///
/// | | value | mean over π | as a penalty of the reward | as a term of the loss |
/// |---|---|---|---|---|
/// | k1 | −log r | KL | right | its gradient's mean is 0 |
/// | k2 | (log r)² / 2 | about KL | another optimum | gradient of KL(π ‖ π_ref) |
/// | k3 | r − log r − 1 | KL, never negative | another optimum | gradient of KL(π_ref ‖ π) |
///
/// As a term of the loss, k1 and k3 weighted by the ratio to the sampling policy have the gradient
/// of KL(π ‖ π_ref).
public enum KlEstimator {
    K1,
    K2,
    K3;

    /// For each token, in the shape of the arguments.
    ///
    /// @param logps of the drawn tokens under π; gradients flow into them
    /// @param reference of the same tokens under π_ref
    public Tensor of(Tensor logps, Tensor reference) {
        Tensor logRatio = reference.sub(logps);
        return switch (this) {
            case K1 -> logRatio.neg();
            case K2 -> logRatio.square().mul(0.5);
            case K3 -> logRatio.exp().sub(logRatio).add(-1);
        };
    }

    /// For one token.
    public double of(double logp, double reference) {
        double logRatio = reference - logp;
        return switch (this) {
            case K1 -> -logRatio;
            case K2 -> logRatio * logRatio / 2;
            case K3 -> Math.expm1(logRatio) - logRatio;
        };
    }
}
