package org.align4j.nn;

import org.align4j.tensor.Tensor;

/// The nonlinearity of an MLP.
public enum Activation {
    SILU,
    GELU,
    GELU_TANH;

    Tensor of(Tensor x) {
        return switch (this) {
            case SILU -> x.silu();
            case GELU -> x.gelu(false);
            case GELU_TANH -> x.gelu(true);
        };
    }

    /// The gradient of the input `x`, of the output's gradient.
    Tensor backward(Tensor x, Tensor gradient) {
        return switch (this) {
            case SILU -> x.siluBackward(gradient);
            case GELU -> x.geluBackward(gradient, false);
            case GELU_TANH -> x.geluBackward(gradient, true);
        };
    }
}
