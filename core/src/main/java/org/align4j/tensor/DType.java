package org.align4j.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/// The element type of a [Tensor].
public enum DType {
    FLOAT32(ScalarType.Float, 4),
    FLOAT64(ScalarType.Double, 8),
    BFLOAT16(ScalarType.BFloat16, 2),
    FLOAT16(ScalarType.Half, 2),
    INT64(ScalarType.Long, 8),
    INT32(ScalarType.Int, 4),
    UINT8(ScalarType.Byte, 1),
    BOOL(ScalarType.Bool, 1);

    final ScalarType scalarType;
    private final int bytes;

    DType(ScalarType scalarType, int bytes) {
        this.scalarType = scalarType;
        this.bytes = bytes;
    }

    /// Bytes of one element.
    public int bytes() {
        return bytes;
    }

    public boolean isFloat() {
        return this == FLOAT32 || this == FLOAT64 || this == BFLOAT16 || this == FLOAT16;
    }

    static DType of(ScalarType type) {
        for (DType candidate : values()) {
            // The binding makes a new enum object for each call: compare values.
            if (candidate.scalarType.value == type.value) {
                return candidate;
            }
        }
        throw new IllegalStateException("no DType for libtorch's " + type);
    }
}
