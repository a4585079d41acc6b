package org.align4j.tensor;

import java.util.Optional;
import org.bytedeco.pytorch.IValue;

/// A bfloat16 matrix `[out, in]` in the order that oneDNN's products of few rows read fastest. A
/// copy: it doesn't follow changes of the matrix. Lives until [#close], whatever the scope.
public final class PackedWeight implements AutoCloseable {
    private static final Operators REORDER = new Operators("mkldnn::_reorder_linear_weight", "");
    private static final Operators LINEAR = new Operators("mkldnn::_linear_pointwise", "");
    private static final Operators BINARY = new Operators("mkldnn::_linear_pointwise", "binary");

    private static final IValue ABSENT = Scope.immortal(IValue::new);
    private static final IValue NOTHING = Scope.immortal(() -> new IValue("none"));
    private static final IValue ADD = Scope.immortal(() -> new IValue("add"));
    private static final IValue NO_NUMBERS = Scope.immortal(() -> LINEAR.emptyList(4));

    private final IValue packed;
    private final IValue bias;

    private PackedWeight(IValue packed, IValue bias) {
        this.packed = packed;
        this.bias = bias;
        packed.retainReference();
        bias.retainReference();
    }

    /// Packs `weight` for products with about `rows` rows.
    ///
    /// @param bias `[out]`, added to every product, if there is one; not copied
    public static PackedWeight of(Tensor weight, Optional<Tensor> bias, int rows) {
        try (Scope scope = Scope.open()) {
            return new PackedWeight(
                    new IValue(REORDER.call(new IValue(weight.handle), new IValue((long) rows))),
                    bias.map(tensor -> new IValue(tensor.handle)).orElseGet(IValue::new));
        } catch (RuntimeException e) {
            throw Failures.of("reorder_linear_weight", e, weight);
        }
    }

    /// Whether tensors of this kind can be packed.
    public static boolean supports(DType dtype, Device device) {
        return dtype == DType.BFLOAT16 && device.isCpu();
    }

    /// `x · weightᵀ`, `[N, out]`.
    public Tensor linear(Tensor x) {
        Scope.check("packed_linear");
        try {
            return new Tensor(LINEAR.call(new IValue(x.handle), packed, bias, NOTHING, NO_NUMBERS, ABSENT));
        } catch (RuntimeException e) {
            throw Failures.of("packed_linear", e, x);
        }
    }

    /// `x · weightᵀ + other`, `[N, out]`.
    public Tensor linearAdd(Tensor x, Tensor other) {
        Scope.check("packed_linear_add");
        try {
            return new Tensor(BINARY.call(new IValue(x.handle), new IValue(other.handle), packed, bias, ADD));
        } catch (RuntimeException e) {
            throw Failures.of("packed_linear_add", e, x, other);
        }
    }

    @Override
    public void close() {
        packed.releaseReference();
        bias.releaseReference();
    }
}
