package org.align4j.nn;

import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Normalisation over the last dimension, computed in float32 whatever the input's type.
///
/// @param kind which norm
/// @param weight `[H]`
/// @param bias `[H]`, for [Kind#LAYER]
/// @param epsilon added to the mean square or variance
public record Norm(Kind kind, Parameter weight, @Nullable Parameter bias, double epsilon) {
    /// The kinds of norm.
    public enum Kind {
        /// Root mean square (Zhang and Sennrich 2019), factor `w`.
        RMS,
        /// Root mean square, factor `1 + w` (Gemma).
        RMS_PLUS_ONE,
        /// Layer norm (Ba et al. 2016), with a bias.
        LAYER
    }

    /// Normalises `x` `[…, H]`.
    public Value of(Graph graph, Value x) {
        Tensor input = x.data();
        DType type = input.dtype();
        Tensor centred = centred(input);
        // One number a row, float32: 1 / √(mean square + ε).
        Tensor inverse =
                centred.norm2().square().mul(1.0 / input.size(-1)).add_(epsilon).rsqrt();
        Tensor normalised = centred.mul(inverse);
        // transformers rounds to the model's type before the factor for Llama, after it for Gemma
        if (kind == Kind.RMS) {
            Tensor rounded = normalised.to(type);
            return graph.result(
                    rounded.mul(factor()),
                    gradient ->
                            x.accumulate(backward(rounded, inverse, gradient).to(type)),
                    rounded,
                    inverse);
        }
        Tensor scaled = normalised.mul(factor());
        return graph.result(
                (bias == null ? scaled : scaled.add_(bias.value())).to(type),
                gradient -> x.accumulate(
                        backward(again(input, inverse), inverse, gradient).to(type)),
                input,
                inverse);
    }

    private Tensor centred(Tensor input) {
        return kind == Kind.LAYER ? input.to(DType.FLOAT32).sub(mean(input)) : input;
    }

    /// The normalised input, computed once more: in float32 it would take twice the input's place.
    private Tensor again(Tensor input, Tensor inverse) {
        Tensor normalised = centred(input).mul(inverse);
        return kind == Kind.LAYER ? normalised : normalised.to(input.dtype());
    }

    private static Tensor mean(Tensor x) {
        return x.sumFloat32(-1, true).mul(1.0 / x.size(-1));
    }

    private Tensor factor() {
        return kind == Kind.RMS_PLUS_ONE ? weight.value().to(DType.FLOAT32).add(1) : weight.value();
    }

    /// With y = x̂ w and x̂ = x / rms: dx = (g - x̂ mean(g x̂)) / rms for g = dy w; a layer norm
    /// also takes off g's mean.
    private Tensor backward(Tensor normalised, Tensor inverse, Tensor gradient) {
        long width = normalised.size(-1);
        DType type = normalised.dtype();
        if (weight.isTrained()) {
            weight.accumulate(columnSum(gradient.mul(normalised)));
            if (bias != null) {
                bias.accumulate(columnSum(gradient));
            }
        }
        Tensor scaled = gradient.mul(factor()).to(type);
        Tensor share = scaled.mul(normalised).sumFloat32(-1, true).mul(-1.0 / width);
        Tensor change = scaled.addcmul(normalised, share.to(type));
        if (kind == Kind.LAYER) {
            change = change.sub(mean(scaled));
        }
        return change.mul(inverse);
    }

    private static Tensor columnSum(Tensor x) {
        return x.reshape(-1, x.size(-1)).sumFloat32(0, false);
    }
}
