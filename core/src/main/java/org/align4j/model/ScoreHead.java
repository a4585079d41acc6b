package org.align4j.model;

import org.align4j.nn.Parameter;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The way from hidden states to one number each, computed in float32: half precision would round
/// the differences that rankings depend on.
///
/// @param weight `[1, H]`
record ScoreHead(Parameter weight) {
    /// Numbers `[S]` of hidden states after the final norm, `[S, H]`.
    Tensor forward(Tensor hidden) {
        return hidden.to(DType.FLOAT32).mm(vector().t()).squeeze(1);
    }

    /// Accumulates the weight's gradient and gives the hidden states'.
    ///
    /// @param gradient of the numbers, `[S]`; null if none arrived
    Tensor backward(Tensor hidden, @Nullable Tensor gradient) {
        if (gradient == null) {
            return Tensor.zeros(hidden.dtype(), hidden.device(), hidden.shape());
        }
        Tensor column = gradient.unsqueeze(1);
        if (weight.isTrained()) {
            weight.accumulate(column.t().mm(hidden.to(DType.FLOAT32)));
        }
        return column.mm(vector()).to(hidden.dtype());
    }

    private Tensor vector() {
        return weight.master().to(DType.FLOAT32);
    }
}
