package org.align4j.tensor;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/// Operations along a dimension or over all values; part of [Tensor].
public sealed interface Reductions permits Tensor {
    default Tensor sum() {
        return op("sum", self -> self.sum());
    }

    default Tensor mean() {
        return op("mean", self -> self.mean());
    }

    /// Sum over `dim`, accumulated and given in float32; the dimension stays with size 1 if `keep`.
    default Tensor sumFloat32(int dim, boolean keep) {
        return op("sum", self -> self.sum(new long[] {dim}, keep, Tensor.IN_FLOAT32));
    }

    default Tensor amax(int dim, boolean keep) {
        return op("amax", self -> self.amax(new long[] {dim}, keep));
    }

    default Tensor argmax(int dim) {
        return op("argmax", self -> self.argmax(new LongOptional(dim), false));
    }

    default Tensor cumsum(int dim) {
        return op("cumsum", self -> self.cumsum(dim));
    }

    /// The 2-norm over the last dimension in float32, dimension kept.
    default Tensor norm2() {
        return op(
                "linalg_vector_norm",
                self -> torch.linalg_vector_norm(self, Tensor.scalar(2), new long[] {-1}, true, Tensor.IN_FLOAT32));
    }

    default Tensor all() {
        return op("all", self -> self.all());
    }

    default Tensor softmax(int dim) {
        return op("softmax", self -> self.softmax(dim, Tensor.SAME_TYPE));
    }

    /// Softmax over `dim` in float32, whatever this tensor's type.
    default Tensor softmaxFloat32(int dim) {
        return op("softmax", self -> self.softmax(dim, Tensor.IN_FLOAT32));
    }

    /// Log-softmax over `dim` in float32, whatever this tensor's type.
    default Tensor logSoftmaxFloat32(int dim) {
        return op("log_softmax", self -> self.log_softmax(dim, Tensor.IN_FLOAT32));
    }

    /// The gradient of softmax's input, of its output `this` and that output's gradient.
    default Tensor softmaxBackward(Tensor gradient) {
        return op("softmax_backward", self -> Operators.softmaxBackward(gradient.handle, self), gradient);
    }

    default Tensor logsumexp(int dim) {
        return op("logsumexp", self -> self.logsumexp(dim));
    }

    /// The `k` largest values along the last dimension, largest first, and where they are.
    default TopK topk(long k) {
        return ranked("topk", self -> self.topk(k));
    }

    /// Values sorted along the last dimension, and where they came from.
    default TopK sort(boolean descending) {
        return ranked("sort", self -> self.sort(new BoolOptional(true), -1, descending));
    }

    /// For each of `values`, `[…, M]`, the first place in the ascending last dimension of this,
    /// `[…, N]`, whose value is greater; N where none is.
    default Tensor searchGreater(Tensor values) {
        return op(
                "searchsorted",
                self -> torch.searchsorted(
                        self, values.handle, false, true, new StringViewOptional(), new TensorOptional()),
                values);
    }

    private TopK ranked(String name, Function<org.bytedeco.pytorch.Tensor, T_TensorTensor_T> call) {
        Scope.check(name);
        Tensor self = (Tensor) this;
        try {
            T_TensorTensor_T pair = call.apply(self.handle);
            return new TopK(new Tensor(pair.get0()), new Tensor(pair.get1()));
        } catch (RuntimeException e) {
            throw Failures.of(name, e, self);
        }
    }

    private Tensor op(String name, UnaryOperator<org.bytedeco.pytorch.Tensor> call, Tensor... others) {
        return ((Tensor) this).op(name, call, others);
    }
}
