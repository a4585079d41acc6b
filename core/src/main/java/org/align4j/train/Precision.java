package org.align4j.train;

import org.align4j.tensor.DType;

/// The type that a model computes in. Trained weights have float32 masters with both.
public enum Precision {
    FP32(DType.FLOAT32),
    BF16(DType.BFLOAT16);

    private final DType dtype;

    Precision(DType dtype) {
        this.dtype = dtype;
    }

    public DType dtype() {
        return dtype;
    }
}
