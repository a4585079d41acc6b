package org.align4j.model;

import org.align4j.data.PackedBatch;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;

/// A teacher's distributions at the targets of a batch, which a student is drawn to (Hinton et al.
/// 2015). Only the teacher's hidden states are held; probabilities are made from them a slice of
/// rows at a time. Lives as long as the scope in which it was made.
public final class SoftTargets {
    private final CausalLm teacher;
    private final Tensor hidden;
    private final double temperature;
    private final int topK;

    private SoftTargets(CausalLm teacher, Tensor hidden, double temperature, int topK) {
        this.teacher = teacher;
        this.hidden = hidden;
        this.temperature = temperature;
        this.topK = topK;
    }

    /// Runs the teacher on a batch, once.
    ///
    /// @param teacher of the student's vocabulary
    /// @param temperature both models' logits are divided by it
    /// @param topK tokens of each distribution that are kept, their probabilities scaled to add up
    ///     to 1; 0: all
    public static SoftTargets of(CausalLm teacher, PackedBatch batch, double temperature, int topK) {
        if (!(temperature > 0) || topK < 0) {
            throw new IllegalArgumentException("temperature must be > 0 and top_k ≥ 0");
        }
        Tensor rows = Tensor.of(Tape.Targets.of(batch).rows()).to(teacher.device());
        return new SoftTargets(teacher, teacher.hidden(batch).indexSelect(0, rows), temperature, topK);
    }

    double temperature() {
        return temperature;
    }

    /// Probabilities of targets `from` to `from + size`, float32 `[size, V]`.
    Tensor probabilities(long from, long size) {
        Tensor logits =
                teacher.logits(hidden.narrow(0, from, size)).to(DType.FLOAT32).mul(1 / temperature);
        if (topK > 0 && topK < logits.size(1)) {
            Tensor least = logits.topk(topK).values().narrow(1, topK - 1, 1);
            logits.maskedFill_(logits.lt(least), Double.NEGATIVE_INFINITY);
        }
        return logits.softmaxFloat32(-1);
    }
}
