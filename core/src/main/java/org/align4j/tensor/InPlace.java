package org.align4j.tensor;

import java.util.function.Consumer;
import org.bytedeco.pytorch.global.torch;

/// Operations that change a tensor and give it back; part of [Tensor].
public sealed interface InPlace permits Tensor {
    default Tensor copy_(Tensor source) {
        return change("copy_", self -> self.copy_(source.handle), source);
    }

    default Tensor zero_() {
        return change("zero_", self -> self.zero_());
    }

    default Tensor fill_(double value) {
        return change("fill_", self -> self.fill_(Tensor.scalar(value)));
    }

    default Tensor add_(Tensor other) {
        return change("add_", self -> self.add_(other.handle), other);
    }

    default Tensor add_(double term) {
        return change("add_", self -> self.add_(Tensor.scalar(term)));
    }

    default Tensor sub_(Tensor other) {
        return change("sub_", self -> self.sub_(other.handle), other);
    }

    default Tensor mul_(Tensor other) {
        return change("mul_", self -> self.mul_(other.handle), other);
    }

    default Tensor mul_(double factor) {
        // libtorch's own mul_(Scalar) rounds the factor to bfloat16 first; this and mul(Scalar) don't
        return change("mul_", self -> self.mul_(torch.wrapped_scalar_tensor(Tensor.scalar(factor))));
    }

    default Tensor div_(Tensor other) {
        return change("div_", self -> self.div_(other.handle), other);
    }

    default Tensor sign_() {
        return change("sign_", self -> self.sign_());
    }

    default Tensor rsqrt_() {
        return change("rsqrt_", self -> self.rsqrt_());
    }

    default Tensor exp_() {
        return change("exp_", self -> self.exp_());
    }

    default Tensor sqrt_() {
        return change("sqrt_", self -> self.sqrt_());
    }

    default Tensor clampMin_(double least) {
        return change("clamp_min_", self -> self.clamp_min_(Tensor.scalar(least)));
    }

    /// `this += a * b`.
    default Tensor addcmul_(Tensor a, Tensor b) {
        return change("addcmul_", self -> self.addcmul_(a.handle, b.handle), a, b);
    }

    /// `this += factor * other`.
    default Tensor addScaled_(Tensor other, double factor) {
        return change("add_", self -> self.add_(other.handle, Tensor.scalar(factor)), other);
    }

    /// `this = this + a · b` of matrices.
    default Tensor addmm_(Tensor a, Tensor b) {
        return change("addmm_", self -> self.addmm_(a.handle, b.handle), a, b);
    }

    default Tensor maskedFill_(Tensor mask, double value) {
        return change("masked_fill_", self -> self.masked_fill_(mask.handle, Tensor.scalar(value)), mask);
    }

    default Tensor indexAdd_(int dim, Tensor index, Tensor source) {
        return change("index_add_", self -> self.index_add_(dim, index.handle, source.handle), index, source);
    }

    default Tensor indexCopy_(int dim, Tensor index, Tensor source) {
        return change("index_copy_", self -> self.index_copy_(dim, index.handle, source.handle), index, source);
    }

    default Tensor scatter_(int dim, Tensor index, double value) {
        return change("scatter_", self -> self.scatter_(dim, index.handle, Tensor.scalar(value)), index);
    }

    default Tensor scatterAdd_(int dim, Tensor index, Tensor source) {
        return change("scatter_add_", self -> self.scatter_add_(dim, index.handle, source.handle), index, source);
    }

    private Tensor change(String name, Consumer<org.bytedeco.pytorch.Tensor> call, Tensor... others) {
        return ((Tensor) this).change(name, call, others);
    }
}
