package org.align4j.checkpoint;

import org.align4j.model.WeightLayout.Form;
import org.align4j.tensor.Tensor;

/// Turns rows of parameters into the form that files have them in, and back.
public final class FileForm {
    private FileForm() {}

    /// A tensor as the file has it, turned into rows of ours.
    ///
    /// @param heads attention heads of the model
    public static Tensor toRows(Tensor tensor, Form form, int heads) {
        return switch (form) {
            case AS_IS -> tensor;
            case TRANSPOSED -> tensor.t();
            case INTERLEAVED_HEADS -> regroup(tensor, heads, 3);
        };
    }

    /// Rows of ours as the file has them: a view where possible.
    ///
    /// @param heads attention heads of the model
    public static Tensor fromRows(Tensor rows, Form form, int heads) {
        return switch (form) {
            case AS_IS -> rows;
            case TRANSPOSED -> rows.t().contiguous();
            case INTERLEAVED_HEADS -> regroup(rows, 3, heads);
        };
    }

    /// Rows `[a, b, …]` as `[b, a, …]`.
    private static Tensor regroup(Tensor tensor, long a, long b) {
        long[] shape = tensor.shape();
        long width = tensor.numel() / (a * b);
        return tensor.view(a, b, width).transpose(0, 1).reshape(shape);
    }
}
