package org.align4j.nn;

import java.util.List;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The low-rank adapters of one [Linear] (LoRA, Hu et al. 2021; with magnitudes DoRA, Liu et al.
/// 2024). The matrices A of all its parts are stacked, so that the input is read once; a dropout is
/// drawn once for all of them.
///
/// @param down A of each part, one below the other, `[R, in]`
/// @param parts what each adapts
/// @param dropout probability that an input feature is dropped before A
public record Adapter(Parameter down, List<Part> parts, double dropout) {
    public Adapter {
        parts = List.copyOf(parts);
    }

    /// Some rows of the linear layer and their adapter.
    ///
    /// @param firstRow first output feature that it adapts
    /// @param rows how many
    /// @param firstRank first row of `down` that is its A
    /// @param up B, `[rows, r]`
    /// @param magnitude DoRA's m, `[rows]`
    /// @param scale α / r (α / √r in rsLoRA)
    public record Part(
            long firstRow,
            long rows,
            long firstRank,
            Parameter up,
            @Nullable Parameter magnitude,
            double scale) {
        /// r.
        public long rank() {
            return up.value().size(1);
        }

        /// These rows of the linear layer's weight.
        Tensor rowsOf(Tensor weight) {
            return weight.narrow(0, firstRow, rows);
        }

        /// These columns of the linear layer's output, or of its gradient: a view.
        Tensor columnsOf(Tensor output) {
            return output.narrow(1, firstRow, rows);
        }
    }

    boolean isTrained() {
        return down.isTrained();
    }

    /// ‖W + scale · B A‖ of each row, float32 `[rows]`. DoRA treats it as a constant.
    ///
    /// @param weight of the whole linear layer
    public Tensor rowNorms(Part part, Tensor weight) {
        return merged(part, weight).norm2().squeeze(-1);
    }

    private Tensor merged(Part part, Tensor weight) {
        Tensor a = down.master().narrow(0, part.firstRank(), part.rank()).to(DType.FLOAT32);
        Tensor change = part.up().master().to(DType.FLOAT32).mm(a).mul_(part.scale());
        return change.add_(part.rowsOf(weight));
    }

    /// The part's rows with its adapter folded in, float32 `[rows, in]`.
    ///
    /// @param weight of the whole linear layer
    public Tensor fold(Part part, Tensor weight) {
        Tensor merged = merged(part, weight);
        Parameter magnitude = part.magnitude();
        if (magnitude == null) {
            return merged;
        }
        Tensor norms = merged.norm2().squeeze(-1);
        return merged.mul_(magnitude.master().to(DType.FLOAT32).div(norms).unsqueeze(1));
    }
}
