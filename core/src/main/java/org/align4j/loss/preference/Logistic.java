package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// The logistic loss and its variants for labels that may be wrong.
final class Logistic {
    private Logistic() {}

    /// −log σ(x).
    static Tensor of(Tensor x) {
        return x.logSigmoid().neg();
    }

    /// −(1−ε) log σ(x) − ε log σ(−x).
    static Tensor smoothed(Tensor x, double smoothing) {
        return smoothing == 0 ? of(x) : of(x).mul(1 - smoothing).add(of(x.neg()).mul(smoothing));
    }
}
