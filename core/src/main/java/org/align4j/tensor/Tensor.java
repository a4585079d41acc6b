package org.align4j.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// A handle on one native tensor, named as in PyTorch. It belongs to the innermost open [Scope] of its thread and dies
/// with it, unless a [Keeper] holds it. Methods that end in an underscore change the tensor in place.
///
/// A failing operation throws [org.align4j.error.AlignException.Tensor] with the operation and the operands' shapes.
public final class Tensor {
    private static final ScalarTypeOptional SAME_TYPE = Scope.immortal(ScalarTypeOptional::new);
    private static final MemoryFormatOptional ANY_FORMAT = Scope.immortal(MemoryFormatOptional::new);

    final org.bytedeco.pytorch.Tensor handle;

    Tensor(org.bytedeco.pytorch.Tensor handle) {
        this.handle = handle;
    }

    private static Tensor op(String name, Supplier<org.bytedeco.pytorch.Tensor> call, Tensor... operands) {
        Scope.check(name);
        try {
            return new Tensor(call.get());
        } catch (RuntimeException e) {
            throw Failures.of(name, e, operands);
        }
    }

    private Tensor self(String name, Runnable call, Tensor... operands) {
        try {
            call.run();
            return this;
        } catch (RuntimeException e) {
            throw Failures.of(name, e, operands);
        }
    }

    /// A whole number is passed as one, so that integer tensors stay integer.
    private static Scalar scalar(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
        return whole ? new Scalar((long) value) : new Scalar(value);
    }

    private static TensorOptions options(DType dtype, Device device) {
        TensorOptions options = new TensorOptions(dtype.scalarType);
        return device.isCpu() ? options : options.device(new org.bytedeco.pytorch.DeviceOptional(device.handle()));
    }

    // ------------------------------------------------------------------ making

    public static Tensor empty(DType dtype, Device device, long... shape) {
        return op("empty" + Arrays.toString(shape), () -> torch.empty(shape, options(dtype, device), ANY_FORMAT));
    }

    public static Tensor zeros(DType dtype, Device device, long... shape) {
        return op("zeros" + Arrays.toString(shape), () -> torch.zeros(shape, options(dtype, device)));
    }

    public static Tensor full(double value, DType dtype, Device device, long... shape) {
        return op("full" + Arrays.toString(shape), () -> torch.full(shape, scalar(value), options(dtype, device)));
    }

    /// Booleans, true with probability `p`, in the shape of `like`, decided by `seed` alone.
    public static Tensor bernoulli(double p, long seed, Tensor like) {
        torch.manual_seed(seed);
        return empty(DType.BOOL, like.device(), like.shape()).bernoulli_(p);
    }

    /// Uniform draws from `[low, high)` in the form of `like`, decided by `seed` alone.
    public static Tensor uniform(double low, double high, long seed, Tensor like) {
        torch.manual_seed(seed);
        Tensor tensor = empty(like.dtype(), like.device(), like.shape());
        return tensor.self(
                "uniform_",
                () -> tensor.handle.uniform_(low, high, new org.bytedeco.pytorch.GeneratorOptional()),
                tensor);
    }

    /// 0, 1, … `end - 1` as float32 or int64.
    public static Tensor arange(long end, DType dtype, Device device) {
        return op("arange", () -> torch.arange(new Scalar(end), options(dtype, device)));
    }

    /// A float32 tensor of these values, `[values.length]`, on the CPU.
    public static Tensor of(float... values) {
        Tensor tensor = empty(DType.FLOAT32, Device.CPU, values.length);
        MemorySegment.copy(values, 0, tensor.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
        return tensor;
    }

    /// An int64 tensor of these values, `[values.length]`, on the CPU.
    public static Tensor of(long... values) {
        Tensor tensor = empty(DType.INT64, Device.CPU, values.length);
        MemorySegment.copy(values, 0, tensor.segment(), ValueLayout.JAVA_LONG, 0, values.length);
        return tensor;
    }

    /// An int64 tensor of these values, `[values.length]`, on the CPU.
    public static Tensor of(int... values) {
        return of(Arrays.stream(values).asLongStream().toArray());
    }

    public static Tensor cat(List<Tensor> parts, int dim) {
        return op("cat", () -> torch.cat(vector(parts), dim), parts.toArray(Tensor[]::new));
    }

    public static Tensor stack(List<Tensor> parts, int dim) {
        return op("stack", () -> torch.stack(vector(parts), dim), parts.toArray(Tensor[]::new));
    }

    private static TensorVector vector(List<Tensor> parts) {
        TensorVector vector = new TensorVector();
        parts.forEach(part -> vector.push_back(part.handle));
        return vector;
    }

    // ------------------------------------------------------------------ facts and values

    public long[] shape() {
        long[] shape = new long[(int) handle.dim()];
        Arrays.setAll(shape, handle::size);
        return shape;
    }

    public long size(int dim) {
        return handle.size(dim);
    }

    public long numel() {
        return handle.numel();
    }

    public DType dtype() {
        return DType.of(handle.scalar_type());
    }

    public Device device() {
        return handle.is_cuda() ? new Device(Device.Kind.CUDA, handle.device().index()) : Device.CPU;
    }

    /// The bytes of a contiguous CPU tensor, valid as long as the tensor.
    public MemorySegment segment() {
        if (handle.is_cuda() || !handle.is_contiguous()) {
            throw Failures.of("segment", new IllegalStateException("needs a contiguous CPU tensor"), this);
        }
        if (numel() == 0) {
            return MemorySegment.NULL;
        }
        Pointer data = handle.data_ptr();
        return MemorySegment.ofAddress(data.address()).reinterpret(numel() * dtype().bytes());
    }

    /// The only element's value; waits for it on a GPU.
    public double item() {
        try {
            return handle.item_double();
        } catch (RuntimeException e) {
            throw Failures.of("item", e, this);
        }
    }

    /// All values in row-major order.
    public float[] toFloats() {
        try (Scope scope = Scope.open()) {
            return to(DType.FLOAT32).to(Device.CPU).contiguous().segment().toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /// All values in row-major order.
    public long[] toLongs() {
        try (Scope scope = Scope.open()) {
            return to(DType.INT64).to(Device.CPU).contiguous().segment().toArray(ValueLayout.JAVA_LONG);
        }
    }

    // ------------------------------------------------------------------ type, place, form

    public Tensor to(DType dtype) {
        return op("to", () -> handle.to(dtype.scalarType), this);
    }

    public Tensor to(Device device) {
        return device.equals(device()) ? this : op("to", () -> handle.to(device.handle(), handle.scalar_type()), this);
    }

    public Tensor view(long... shape) {
        return op("view" + Arrays.toString(shape), () -> handle.view(shape), this);
    }

    public Tensor reshape(long... shape) {
        return op("reshape" + Arrays.toString(shape), () -> handle.reshape(shape), this);
    }

    public Tensor permute(long... dims) {
        return op("permute", () -> handle.permute(dims), this);
    }

    public Tensor transpose(int a, int b) {
        return op("transpose", () -> handle.transpose(a, b), this);
    }

    public Tensor t() {
        return op("t", handle::t, this);
    }

    public Tensor expand(long... shape) {
        return op("expand" + Arrays.toString(shape), () -> handle.expand(shape), this);
    }

    public Tensor unsqueeze(int dim) {
        return op("unsqueeze", () -> handle.unsqueeze(dim), this);
    }

    public Tensor squeeze(int dim) {
        return op("squeeze", () -> handle.squeeze(dim), this);
    }

    public Tensor contiguous() {
        return op("contiguous", () -> handle.contiguous(), this);
    }

    public Tensor copy() {
        return op("clone", () -> handle.clone(), this);
    }

    public Tensor detach() {
        return op("detach", handle::detach, this);
    }

    public Tensor flip(int dim) {
        return op("flip", () -> handle.flip(dim), this);
    }

    public Tensor triu(long diagonal) {
        return op("triu", () -> handle.triu(diagonal), this);
    }

    // ------------------------------------------------------------------ parts

    public Tensor narrow(int dim, long from, long length) {
        return op("narrow", () -> handle.narrow(dim, from, length), this);
    }

    public Tensor indexSelect(int dim, Tensor index) {
        return op("index_select", () -> handle.index_select(dim, index.handle), this, index);
    }

    public Tensor gather(int dim, Tensor index) {
        return op("gather", () -> handle.gather(dim, index.handle), this, index);
    }

    public Tensor maskedFill(Tensor mask, double value) {
        return op("masked_fill", () -> handle.masked_fill(mask.handle, scalar(value)), this, mask);
    }

    public Tensor nonzero() {
        return op("nonzero", handle::nonzero, this);
    }

    /// The `k` largest values along the last dimension, largest first, and where they are.
    public TopK topk(long k) {
        Scope.check("topk");
        try {
            T_TensorTensor_T pair = handle.topk(k);
            return new TopK(new Tensor(pair.get0()), new Tensor(pair.get1()));
        } catch (RuntimeException e) {
            throw Failures.of("topk", e, this);
        }
    }

    /// For each of `values`, `[…, M]`, the first place in the ascending last dimension of this,
    /// `[…, N]`, whose value is greater; N where none is.
    public Tensor searchGreater(Tensor values) {
        return op(
                "searchsorted",
                () -> torch.searchsorted(
                        handle, values.handle, false, true, new StringViewOptional(), new TensorOptional()),
                this,
                values);
    }

    /// Values sorted along the last dimension, and where they came from.
    public TopK sort(boolean descending) {
        Scope.check("sort");
        try {
            T_TensorTensor_T pair = handle.sort(new BoolOptional(true), -1, descending);
            return new TopK(new Tensor(pair.get0()), new Tensor(pair.get1()));
        } catch (RuntimeException e) {
            throw Failures.of("sort", e, this);
        }
    }

    /// Sorted or largest values and their indices.
    public record TopK(Tensor values, Tensor indices) {}

    // ------------------------------------------------------------------ arithmetic

    public Tensor add(Tensor other) {
        return op("add", () -> handle.add(other.handle), this, other);
    }

    public Tensor add(double term) {
        return op("add", () -> handle.add(scalar(term)), this);
    }

    public Tensor sub(Tensor other) {
        return op("sub", () -> handle.sub(other.handle), this, other);
    }

    public Tensor mul(Tensor other) {
        return op("mul", () -> handle.mul(other.handle), this, other);
    }

    public Tensor mul(double factor) {
        return op("mul", () -> handle.mul(scalar(factor)), this);
    }

    public Tensor div(Tensor other) {
        return op("div", () -> handle.div(other.handle), this, other);
    }

    public Tensor div(double divisor) {
        return op("div", () -> handle.div(scalar(divisor)), this);
    }

    public Tensor neg() {
        return op("neg", handle::neg, this);
    }

    public Tensor exp() {
        return op("exp", handle::exp, this);
    }

    public Tensor log() {
        return op("log", handle::log, this);
    }

    public Tensor sqrt() {
        return op("sqrt", handle::sqrt, this);
    }

    public Tensor rsqrt() {
        return op("rsqrt", handle::rsqrt, this);
    }

    public Tensor square() {
        return op("square", handle::square, this);
    }

    public Tensor tanh() {
        return op("tanh", handle::tanh, this);
    }

    public Tensor cos() {
        return op("cos", handle::cos, this);
    }

    public Tensor sin() {
        return op("sin", handle::sin, this);
    }

    public Tensor abs() {
        return op("abs", handle::abs, this);
    }

    /// The smaller of the two, element by element.
    public Tensor minimum(Tensor other) {
        return op("minimum", () -> handle.minimum(other.handle), this, other);
    }

    /// The greater of the two, element by element.
    public Tensor maximum(Tensor other) {
        return op("maximum", () -> handle.maximum(other.handle), this, other);
    }

    /// Values below `least` and above `most` become those.
    public Tensor clamp(double least, double most) {
        return op(
                "clamp",
                () -> handle.clamp(
                        new org.bytedeco.pytorch.ScalarOptional(scalar(least)),
                        new org.bytedeco.pytorch.ScalarOptional(scalar(most))),
                this);
    }

    public Tensor sigmoid() {
        return op("sigmoid", handle::sigmoid, this);
    }

    /// `this + a * b`.
    public Tensor addcmul(Tensor a, Tensor b) {
        return op("addcmul", () -> handle.addcmul(a.handle, b.handle), this, a, b);
    }

    public Tensor eq(Tensor other) {
        return op("eq", () -> handle.eq(other.handle), this, other);
    }

    public Tensor gt(Tensor other) {
        return op("gt", () -> handle.gt(other.handle), this, other);
    }

    public Tensor lt(Tensor other) {
        return op("lt", () -> handle.lt(other.handle), this, other);
    }

    public Tensor lt(double other) {
        return op("lt", () -> handle.lt(scalar(other)), this);
    }

    public Tensor ge(Tensor other) {
        return op("ge", () -> handle.ge(other.handle), this, other);
    }

    public Tensor logicalNot() {
        return op("logical_not", handle::logical_not, this);
    }

    public Tensor logicalAnd(Tensor other) {
        return op("logical_and", () -> handle.logical_and(other.handle), this, other);
    }

    public Tensor logicalOr(Tensor other) {
        return op("logical_or", () -> handle.logical_or(other.handle), this, other);
    }

    // ------------------------------------------------------------------ reductions

    public Tensor sum() {
        return op("sum", handle::sum, this);
    }

    public Tensor mean() {
        return op("mean", handle::mean, this);
    }

    /// Sum over `dim`, accumulated and given in float32; the dimension stays with size 1 if `keep`.
    public Tensor sumFloat32(int dim, boolean keep) {
        return op(
                "sum", () -> handle.sum(new long[] {dim}, keep, new ScalarTypeOptional(torch.ScalarType.Float)), this);
    }

    public Tensor amax(int dim, boolean keep) {
        return op("amax", () -> handle.amax(new long[] {dim}, keep), this);
    }

    public Tensor argmax(int dim) {
        return op("argmax", () -> handle.argmax(new LongOptional(dim), false), this);
    }

    public Tensor cumsum(int dim) {
        return op("cumsum", () -> handle.cumsum(dim), this);
    }

    /// The 2-norm over the last dimension in float32, dimension kept.
    public Tensor norm2() {
        return op(
                "linalg_vector_norm",
                () -> torch.linalg_vector_norm(
                        handle, scalar(2), new long[] {-1}, true, new ScalarTypeOptional(torch.ScalarType.Float)),
                this);
    }

    public Tensor isFinite() {
        return op("isfinite", handle::isfinite, this);
    }

    public Tensor all() {
        return op("all", () -> handle.all(), this);
    }

    // ------------------------------------------------------------------ linear algebra and activations

    public Tensor matmul(Tensor other) {
        return op("matmul", () -> handle.matmul(other.handle), this, other);
    }

    public Tensor mm(Tensor other) {
        return op("mm", () -> handle.mm(other.handle), this, other);
    }

    public Tensor bmm(Tensor other) {
        return op("bmm", () -> handle.bmm(other.handle), this, other);
    }

    /// `this · weightᵀ`: `[N, in]` by `[out, in]`.
    public Tensor linear(Tensor weight) {
        return op("linear", () -> torch.linear(handle, weight.handle), this, weight);
    }

    /// `this · weightᵀ + bias`.
    public Tensor linear(Tensor weight, Tensor bias) {
        return op(
                "linear",
                () -> torch.linear(handle, weight.handle, new TensorOptional(bias.handle)),
                this,
                weight,
                bias);
    }

    public Tensor softmax(int dim) {
        return op("softmax", () -> handle.softmax(dim, SAME_TYPE), this);
    }

    /// Softmax over `dim` in float32, whatever this tensor's type.
    public Tensor softmaxFloat32(int dim) {
        return op("softmax", () -> handle.softmax(dim, new ScalarTypeOptional(torch.ScalarType.Float)), this);
    }

    /// Log-softmax over `dim` in float32, whatever this tensor's type.
    public Tensor logSoftmaxFloat32(int dim) {
        return op("log_softmax", () -> handle.log_softmax(dim, new ScalarTypeOptional(torch.ScalarType.Float)), this);
    }

    /// The gradient of softmax's input, of its output `this` and that output's gradient.
    public Tensor softmaxBackward(Tensor gradient) {
        return op("softmax_backward", () -> Operators.softmaxBackward(gradient.handle, handle), this, gradient);
    }

    public Tensor logsumexp(int dim) {
        return op("logsumexp", () -> handle.logsumexp(dim), this);
    }

    public Tensor logSigmoid() {
        return op("log_sigmoid", () -> torch.log_sigmoid(handle), this);
    }

    public Tensor relu() {
        return op("relu", handle::relu, this);
    }

    /// `exp(this) - 1`, exact near 0.
    public Tensor expm1() {
        return op("expm1", handle::expm1, this);
    }

    public Tensor silu() {
        return op("silu", () -> torch.silu(handle), this);
    }

    /// The gradient of silu's input `this`, of its output's gradient.
    public Tensor siluBackward(Tensor gradient) {
        return op("silu_backward", () -> torch.silu_backward(gradient.handle, handle), this, gradient);
    }

    /// Gaussian error linear unit: exact, or the tanh approximation.
    public Tensor gelu(boolean tanh) {
        return op("gelu", () -> torch.gelu(handle, tanh ? "tanh" : "none"), this);
    }

    /// The gradient of gelu's input `this`, of its output's gradient.
    public Tensor geluBackward(Tensor gradient, boolean tanh) {
        return op(
                "gelu_backward",
                () -> torch.gelu_backward(gradient.handle, handle, tanh ? "tanh" : "none"),
                this,
                gradient);
    }

    // ------------------------------------------------------------------ in place

    public Tensor copy_(Tensor source) {
        return self("copy_", () -> handle.copy_(source.handle), this, source);
    }

    private Tensor bernoulli_(double p) {
        return self("bernoulli_", () -> handle.bernoulli_(p, new org.bytedeco.pytorch.GeneratorOptional()), this);
    }

    public Tensor zero_() {
        return self("zero_", handle::zero_, this);
    }

    public Tensor fill_(double value) {
        return self("fill_", () -> handle.fill_(scalar(value)), this);
    }

    public Tensor add_(Tensor other) {
        return self("add_", () -> handle.add_(other.handle), this, other);
    }

    public Tensor add_(double term) {
        return self("add_", () -> handle.add_(scalar(term)), this);
    }

    public Tensor sub_(Tensor other) {
        return self("sub_", () -> handle.sub_(other.handle), this, other);
    }

    public Tensor mul_(Tensor other) {
        return self("mul_", () -> handle.mul_(other.handle), this, other);
    }

    public Tensor mul_(double factor) {
        // libtorch's own mul_(Scalar) rounds the factor to bfloat16 first; this and mul(Scalar) don't
        return self("mul_", () -> handle.mul_(torch.wrapped_scalar_tensor(scalar(factor))), this);
    }

    public Tensor div_(Tensor other) {
        return self("div_", () -> handle.div_(other.handle), this, other);
    }

    public Tensor sign_() {
        return self("sign_", handle::sign_, this);
    }

    public Tensor rsqrt_() {
        return self("rsqrt_", handle::rsqrt_, this);
    }

    public Tensor exp_() {
        return self("exp_", handle::exp_, this);
    }

    public Tensor sqrt_() {
        return self("sqrt_", handle::sqrt_, this);
    }

    public Tensor clampMin_(double least) {
        return self("clamp_min_", () -> handle.clamp_min_(scalar(least)), this);
    }

    /// `this += a * b`.
    public Tensor addcmul_(Tensor a, Tensor b) {
        return self("addcmul_", () -> handle.addcmul_(a.handle, b.handle), this, a, b);
    }

    /// `this += factor * other`.
    public Tensor addScaled_(Tensor other, double factor) {
        return self("add_", () -> handle.add_(other.handle, scalar(factor)), this, other);
    }

    /// `this = this + a · b` of matrices.
    public Tensor addmm_(Tensor a, Tensor b) {
        return self("addmm_", () -> handle.addmm_(a.handle, b.handle), this, a, b);
    }

    public Tensor maskedFill_(Tensor mask, double value) {
        return self("masked_fill_", () -> handle.masked_fill_(mask.handle, scalar(value)), this, mask);
    }

    public Tensor indexAdd_(int dim, Tensor index, Tensor source) {
        return self("index_add_", () -> handle.index_add_(dim, index.handle, source.handle), this, index, source);
    }

    public Tensor indexCopy_(int dim, Tensor index, Tensor source) {
        return self("index_copy_", () -> handle.index_copy_(dim, index.handle, source.handle), this, index, source);
    }

    public Tensor scatter_(int dim, Tensor index, double value) {
        return self("scatter_", () -> handle.scatter_(dim, index.handle, scalar(value)), this, index);
    }

    public Tensor scatterAdd_(int dim, Tensor index, Tensor source) {
        return self("scatter_add_", () -> handle.scatter_add_(dim, index.handle, source.handle), this, index, source);
    }

    // ------------------------------------------------------------------ autograd (losses)

    /// Makes this a leaf whose gradient is wanted.
    public Tensor requiresGrad() {
        return self("requires_grad_", () -> handle.requires_grad_(true), this);
    }

    /// Differentiates this scalar with respect to every leaf it depends on.
    public void backward() {
        self("backward", handle::backward, this);
    }

    /// Differentiates this tensor, given the gradient that arrives at it.
    public void backward(Tensor gradient) {
        self(
                "backward",
                () -> handle.backward(gradient.handle, new BoolOptional(), false, new TensorArrayRefOptional()),
                this,
                gradient);
    }

    /// The gradient that has arrived at this leaf. Absent before [#backward()]: see [#hasGrad()].
    public Tensor grad() {
        // grad() lends a reference into the leaf: take a handle of our own.
        return op("grad", () -> new org.bytedeco.pytorch.Tensor(handle.grad()), this);
    }

    public boolean hasGrad() {
        return handle.grad().defined();
    }

    @Override
    public String toString() {
        return handle.isNull() ? "freed" : dtype() + Arrays.toString(shape());
    }
}
