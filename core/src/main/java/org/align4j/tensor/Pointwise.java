package org.align4j.tensor;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.global.torch;

/// Operations on each value by itself, and the gradients of some; part of [Tensor].
public sealed interface Pointwise permits Tensor {
    default Tensor add(Tensor other) {
        return op("add", self -> self.add(other.handle), other);
    }

    default Tensor add(double term) {
        return op("add", self -> self.add(Tensor.scalar(term)));
    }

    default Tensor sub(Tensor other) {
        return op("sub", self -> self.sub(other.handle), other);
    }

    default Tensor mul(Tensor other) {
        return op("mul", self -> self.mul(other.handle), other);
    }

    default Tensor mul(double factor) {
        return op("mul", self -> self.mul(Tensor.scalar(factor)));
    }

    default Tensor div(Tensor other) {
        return op("div", self -> self.div(other.handle), other);
    }

    default Tensor div(double divisor) {
        return op("div", self -> self.div(Tensor.scalar(divisor)));
    }

    default Tensor neg() {
        return op("neg", self -> self.neg());
    }

    /// The smaller of the two, element by element.
    default Tensor minimum(Tensor other) {
        return op("minimum", self -> self.minimum(other.handle), other);
    }

    /// The greater of the two, element by element.
    default Tensor maximum(Tensor other) {
        return op("maximum", self -> self.maximum(other.handle), other);
    }

    /// Values below `least` and above `most` become those.
    default Tensor clamp(double least, double most) {
        return op(
                "clamp",
                self -> self.clamp(new ScalarOptional(Tensor.scalar(least)), new ScalarOptional(Tensor.scalar(most))));
    }

    default Tensor exp() {
        return op("exp", self -> self.exp());
    }

    default Tensor log() {
        return op("log", self -> self.log());
    }

    default Tensor sqrt() {
        return op("sqrt", self -> self.sqrt());
    }

    default Tensor rsqrt() {
        return op("rsqrt", self -> self.rsqrt());
    }

    default Tensor square() {
        return op("square", self -> self.square());
    }

    default Tensor tanh() {
        return op("tanh", self -> self.tanh());
    }

    default Tensor cos() {
        return op("cos", self -> self.cos());
    }

    default Tensor sin() {
        return op("sin", self -> self.sin());
    }

    default Tensor abs() {
        return op("abs", self -> self.abs());
    }

    /// `exp(this) - 1`, exact near 0.
    default Tensor expm1() {
        return op("expm1", self -> self.expm1());
    }

    default Tensor relu() {
        return op("relu", self -> self.relu());
    }

    default Tensor sigmoid() {
        return op("sigmoid", self -> self.sigmoid());
    }

    /// `this + a * b`.
    default Tensor addcmul(Tensor a, Tensor b) {
        return op("addcmul", self -> self.addcmul(a.handle, b.handle), a, b);
    }

    default Tensor eq(Tensor other) {
        return op("eq", self -> self.eq(other.handle), other);
    }

    default Tensor gt(Tensor other) {
        return op("gt", self -> self.gt(other.handle), other);
    }

    default Tensor lt(Tensor other) {
        return op("lt", self -> self.lt(other.handle), other);
    }

    default Tensor lt(double other) {
        return op("lt", self -> self.lt(Tensor.scalar(other)));
    }

    default Tensor ge(Tensor other) {
        return op("ge", self -> self.ge(other.handle), other);
    }

    default Tensor isFinite() {
        return op("isfinite", self -> self.isfinite());
    }

    default Tensor logicalNot() {
        return op("logical_not", self -> self.logical_not());
    }

    default Tensor logicalAnd(Tensor other) {
        return op("logical_and", self -> self.logical_and(other.handle), other);
    }

    default Tensor logicalOr(Tensor other) {
        return op("logical_or", self -> self.logical_or(other.handle), other);
    }

    default Tensor logSigmoid() {
        return op("log_sigmoid", self -> torch.log_sigmoid(self));
    }

    default Tensor silu() {
        return op("silu", self -> torch.silu(self));
    }

    /// The gradient of silu's input `this`, of its output's gradient.
    default Tensor siluBackward(Tensor gradient) {
        return op("silu_backward", self -> torch.silu_backward(gradient.handle, self), gradient);
    }

    /// Gaussian error linear unit: exact, or the tanh approximation.
    default Tensor gelu(boolean tanh) {
        return op("gelu", self -> torch.gelu(self, tanh ? "tanh" : "none"));
    }

    /// The gradient of gelu's input `this`, of its output's gradient.
    default Tensor geluBackward(Tensor gradient, boolean tanh) {
        return op(
                "gelu_backward", self -> torch.gelu_backward(gradient.handle, self, tanh ? "tanh" : "none"), gradient);
    }

    private Tensor op(String name, UnaryOperator<org.bytedeco.pytorch.Tensor> call, Tensor... others) {
        return ((Tensor) this).op(name, call, others);
    }
}
