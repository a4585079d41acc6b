package org.align4j.nn;

import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A low-rank adapter of some rows of a [Linear] (LoRA, Hu et al. 2021; with a magnitude DoRA, Liu et al. 2024).
///
/// @param firstRow first output feature that it adapts
/// @param rows how many
/// @param down A, `[r, in]`
/// @param up B, `[rows, r]`
/// @param magnitude DoRA's m, `[rows]`
/// @param scale α / r (α / √r in rsLoRA)
/// @param dropout probability that an input feature is dropped before A
public record Adapter(
        long firstRow,
        long rows,
        Parameter down,
        Parameter up,
        @Nullable Parameter magnitude,
        double scale,
        double dropout) {

    /// ‖W + scale · B A‖ of each row, float32 `[rows]`. DoRA treats it as a constant.
    public Tensor rowNorms(Tensor weightRows) {
        return merged(weightRows).norm2().squeeze(-1);
    }

    private Tensor merged(Tensor weightRows) {
        return weightRows
                .to(DType.FLOAT32)
                .add(up.master()
                        .to(DType.FLOAT32)
                        .mm(down.master().to(DType.FLOAT32))
                        .mul(scale));
    }

    /// The rows with this adapter folded in, float32 `[rows, in]`.
    public Tensor fold(Tensor weightRows) {
        Tensor merged = merged(weightRows);
        if (magnitude == null) {
            return merged;
        }
        return merged.mul(magnitude.master().div(rowNorms(weightRows)).unsqueeze(1));
    }
}
