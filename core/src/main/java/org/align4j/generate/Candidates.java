package org.align4j.generate;

import java.util.List;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;
import org.align4j.tensor.TopK;
import org.jspecify.annotations.Nullable;

/// The tokens that a top-k filter can leave, so that all other work is on few columns: masking a
/// whole vocabulary costs more than a small model's step.
///
/// @param scores their raw scores, float32 `[B, C]`
/// @param tokens which tokens they are, rising, int64 `[B, C]`
record Candidates(Tensor scores, Tensor tokens) {
    /// Columns beyond k: tokens that tie with the k-th stay, too.
    private static final int SPARE = 16;
    /// More columns than one in so many aren't worth it.
    private static final int SHARE = 64;

    /// The candidates; null where the processors need all scores, or ties reach beyond the
    /// candidates.
    static @Nullable Candidates best(Tensor logits, List<LogitsProcessor> processors) {
        long columns = columns(processors);
        if (columns == 0 || columns > logits.size(1) / SHARE) {
            return null;
        }
        TopK best = logits.topk(columns);
        Tensor kth = best.values().narrow(1, columns - SPARE - 1, 1);
        Tensor last = best.values().narrow(1, columns - 1, 1);
        // Written so that a NaN, which counts as the greatest, is left to the thorough way.
        if (last.lt(kth).all().item() == 0) {
            return null;
        }
        // In the order of the ids, as the whole vocabulary is: the draw then falls on the same token.
        TopK byId = best.indices().sort(false);
        return new Candidates(best.values().gather(1, byId.indices()).to(DType.FLOAT32), byId.values());
    }

    /// How many columns the top-k filter needs; 0 unless it comes first, after the temperature at
    /// most.
    private static long columns(List<LogitsProcessor> processors) {
        for (LogitsProcessor processor : processors) {
            if (processor instanceof LogitsFilter.TopK(int k, int keep)) {
                return Math.max(k, keep) + (long) SPARE;
            }
            if (!(processor instanceof LogitsProcessor.Temperature)) {
                return 0;
            }
        }
        return 0;
    }
}
