package org.align4j.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// A handle on one native tensor, named as in PyTorch. It belongs to the innermost open [Scope] of
/// its thread and dies with it, unless a [Keeper] holds it. Methods that end in an underscore
/// change the tensor in place.
///
/// A failing operation throws [org.align4j.error.AlignException.Tensor] with the operation and the
/// operands' shapes.
public final class Tensor implements Pointwise, Reductions, InPlace {
    static final ScalarTypeOptional SAME_TYPE = Scope.immortal(ScalarTypeOptional::new);
    static final ScalarTypeOptional IN_FLOAT32 = Scope.immortal(() -> new ScalarTypeOptional(torch.ScalarType.Float));
    private static final MemoryFormatOptional ANY_FORMAT = Scope.immortal(MemoryFormatOptional::new);

    final org.bytedeco.pytorch.Tensor handle;

    Tensor(org.bytedeco.pytorch.Tensor handle) {
        this.handle = handle;
    }

    private static Tensor make(String name, Supplier<org.bytedeco.pytorch.Tensor> call, Tensor... operands) {
        Scope.check(name);
        try {
            return new Tensor(call.get());
        } catch (RuntimeException e) {
            throw Failures.of(name, e, operands);
        }
    }

    /// A new tensor, made from this one and maybe `others`.
    Tensor op(String name, UnaryOperator<org.bytedeco.pytorch.Tensor> call, Tensor... others) {
        Scope.check(name);
        try {
            return new Tensor(call.apply(handle));
        } catch (RuntimeException e) {
            throw Failures.on(this, others, name, e);
        }
    }

    /// This tensor, after `call` has changed it.
    Tensor change(String name, Consumer<org.bytedeco.pytorch.Tensor> call, Tensor... others) {
        Scope.check(name);
        try {
            call.accept(handle);
            return this;
        } catch (RuntimeException e) {
            throw Failures.on(this, others, name, e);
        }
    }

    /// A whole number is passed as one, so that integer tensors stay integer.
    static Scalar scalar(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
        return whole ? new Scalar((long) value) : new Scalar(value);
    }

    private static TensorOptions options(DType dtype, Device device) {
        TensorOptions options = new TensorOptions(dtype.scalarType);
        return device.isCpu() ? options : options.device(new org.bytedeco.pytorch.DeviceOptional(device.handle()));
    }

    // ------------------------------------------------------------------ making

    public static Tensor empty(DType dtype, Device device, long... shape) {
        return make("empty" + Arrays.toString(shape), () -> torch.empty(shape, options(dtype, device), ANY_FORMAT));
    }

    public static Tensor zeros(DType dtype, Device device, long... shape) {
        return make("zeros" + Arrays.toString(shape), () -> torch.zeros(shape, options(dtype, device)));
    }

    public static Tensor full(double value, DType dtype, Device device, long... shape) {
        return make("full" + Arrays.toString(shape), () -> torch.full(shape, scalar(value), options(dtype, device)));
    }

    /// Booleans, true with probability `p`, in the shape of `like`, decided by `seed` alone.
    public static Tensor bernoulli(double p, long seed, Tensor like) {
        torch.manual_seed(seed);
        return empty(DType.BOOL, like.device(), like.shape())
                .change("bernoulli_", self -> self.bernoulli_(p, new GeneratorOptional()));
    }

    /// Uniform draws from `[low, high)` in the form of `like`, decided by `seed` alone.
    public static Tensor uniform(double low, double high, long seed, Tensor like) {
        torch.manual_seed(seed);
        return empty(like.dtype(), like.device(), like.shape())
                .change("uniform_", self -> self.uniform_(low, high, new GeneratorOptional()));
    }

    /// 0, 1, … `end - 1` as float32 or int64.
    public static Tensor arange(long end, DType dtype, Device device) {
        return make("arange", () -> torch.arange(new Scalar(end), options(dtype, device)));
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
        return make("cat", () -> torch.cat(vector(parts), dim), parts.toArray(Tensor[]::new));
    }

    public static Tensor stack(List<Tensor> parts, int dim) {
        return make("stack", () -> torch.stack(vector(parts), dim), parts.toArray(Tensor[]::new));
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
        try {
            return handle.size(dim);
        } catch (RuntimeException e) {
            throw Failures.of("size", e, this);
        }
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
        return op("to", self -> self.to(dtype.scalarType));
    }

    public Tensor to(Device device) {
        return device.equals(device()) ? this : op("to", self -> self.to(device.handle(), self.scalar_type()));
    }

    public Tensor view(long... shape) {
        return op("view" + Arrays.toString(shape), self -> self.view(shape));
    }

    public Tensor reshape(long... shape) {
        return op("reshape" + Arrays.toString(shape), self -> self.reshape(shape));
    }

    public Tensor permute(long... dims) {
        return op("permute", self -> self.permute(dims));
    }

    public Tensor transpose(int a, int b) {
        return op("transpose", self -> self.transpose(a, b));
    }

    public Tensor t() {
        return op("t", self -> self.t());
    }

    public Tensor expand(long... shape) {
        return op("expand" + Arrays.toString(shape), self -> self.expand(shape));
    }

    public Tensor unsqueeze(int dim) {
        return op("unsqueeze", self -> self.unsqueeze(dim));
    }

    public Tensor squeeze(int dim) {
        return op("squeeze", self -> self.squeeze(dim));
    }

    public Tensor contiguous() {
        return op("contiguous", self -> self.contiguous());
    }

    public Tensor copy() {
        return op("clone", self -> self.clone());
    }

    public Tensor detach() {
        return op("detach", self -> self.detach());
    }

    public Tensor flip(int dim) {
        return op("flip", self -> self.flip(dim));
    }

    public Tensor triu(long diagonal) {
        return op("triu", self -> self.triu(diagonal));
    }

    // ------------------------------------------------------------------ parts

    public Tensor narrow(int dim, long from, long length) {
        return op("narrow", self -> self.narrow(dim, from, length));
    }

    public Tensor indexSelect(int dim, Tensor index) {
        return op("index_select", self -> self.index_select(dim, index.handle), index);
    }

    public Tensor gather(int dim, Tensor index) {
        return op("gather", self -> self.gather(dim, index.handle), index);
    }

    public Tensor maskedFill(Tensor mask, double value) {
        return op("masked_fill", self -> self.masked_fill(mask.handle, scalar(value)), mask);
    }

    public Tensor nonzero() {
        return op("nonzero", self -> self.nonzero());
    }

    // ------------------------------------------------------------------ products of matrices

    public Tensor matmul(Tensor other) {
        return op("matmul", self -> self.matmul(other.handle), other);
    }

    public Tensor mm(Tensor other) {
        return op("mm", self -> self.mm(other.handle), other);
    }

    public Tensor bmm(Tensor other) {
        return op("bmm", self -> self.bmm(other.handle), other);
    }

    /// `this · weightᵀ`: `[N, in]` by `[out, in]`.
    public Tensor linear(Tensor weight) {
        return op("linear", self -> torch.linear(self, weight.handle), weight);
    }

    /// `this · weightᵀ + bias`.
    public Tensor linear(Tensor weight, Tensor bias) {
        return op("linear", self -> torch.linear(self, weight.handle, new TensorOptional(bias.handle)), weight, bias);
    }

    // ------------------------------------------------------------------ autograd (losses)

    /// Makes this a leaf whose gradient is wanted.
    public Tensor requiresGrad() {
        return change("requires_grad_", self -> self.requires_grad_(true));
    }

    /// Differentiates this scalar with respect to every leaf it depends on.
    public void backward() {
        change("backward", self -> self.backward());
    }

    /// Differentiates this tensor, given the gradient that arrives at it.
    public void backward(Tensor gradient) {
        change(
                "backward",
                self -> self.backward(gradient.handle, new BoolOptional(), false, new TensorArrayRefOptional()),
                gradient);
    }

    /// The gradient that has arrived at this leaf. Absent before [#backward()]: see [#hasGrad()].
    public Tensor grad() {
        // grad() lends a reference into the leaf: take a handle of our own.
        return op("grad", self -> new org.bytedeco.pytorch.Tensor(self.grad()));
    }

    public boolean hasGrad() {
        return handle.grad().defined();
    }

    @Override
    public String toString() {
        return handle.isNull() ? "freed" : dtype() + Arrays.toString(shape());
    }
}
