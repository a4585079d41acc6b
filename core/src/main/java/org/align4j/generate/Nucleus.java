package org.align4j.generate;

import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;
import org.align4j.tensor.TopK;

/// The fewest tokens, in some order of preference, whose probabilities reach a given mass.
/// Sorting a whole vocabulary costs more than a small model's step, so the preferred 64 tokens
/// are looked at first, then 512, and so on.
final class Nucleus {
    private static final long FIRST = 64;
    private static final long GROWTH = 8;

    private Nucleus() {}

    /// `scores`, `[B, V]`, with -inf for tokens after the best that reach `mass`, `keep` at
    /// least. Of tokens that tie at the border the lowest ids stay.
    static Tensor top(Tensor scores, double mass, int keep) {
        Preferred preferred = preferred(scores, scores.softmaxFloat32(1), mass, keep);
        Tensor count = preferred.count();
        Tensor border = preferred.border();
        // Places among the border's ties that are left for lower ids.
        Tensor room = count.sub(preferred.values().gt(border).sumFloat32(1, true));
        Tensor removed = scores.lt(border);
        // The best token that goes is among the preferred: a tie across the border shows there.
        Tensor ties = preferred.values().eq(border).sumFloat32(1, true);
        if (ties.gt(room).sum().item() > 0) {
            Tensor tied = scores.eq(border);
            Tensor rank = tied.to(DType.FLOAT32).cumsum(1);
            removed = removed.logicalOr(tied.logicalAnd(rank.gt(room)));
        }
        return scores.maskedFill(removed, LogitsFilter.REMOVED);
    }

    /// `scores`, `[B, V]`, with -inf for tokens less typical than those that reach `mass`; ties
    /// stay.
    static Tensor typical(Tensor scores, double mass, int keep) {
        Tensor logps = scores.logSoftmaxFloat32(1);
        Tensor nearness = logps.add(LogitsFilter.entropy(logps)).abs().neg();
        Preferred preferred = preferred(nearness, logps.exp(), mass, keep);
        return scores.maskedFill(nearness.lt(preferred.border()), LogitsFilter.REMOVED);
    }

    /// What stays of each row: the preferences of the best K tokens, best first, `[B, K]`; how
    /// many stay, float32 `[B, 1]`; and the preference of the last that does, `[B, 1]`.
    private record Preferred(Tensor values, Tensor count, Tensor border) {}

    /// Grows K until the last of each row's first K tokens goes.
    private static Preferred preferred(Tensor preference, Tensor probabilities, double mass, int keep) {
        long vocabulary = preference.size(1);
        long least = Math.min(keep, vocabulary);
        long k = Math.min(vocabulary, Math.max(FIRST, least + 1));
        while (true) {
            TopK best = k < vocabulary ? preference.topk(k) : preference.sort(true);
            Tensor chosen = probabilities.gather(1, best.indices());
            Tensor before = chosen.cumsum(1).sub(chosen);
            if (k == vocabulary || before.narrow(1, k - 1, 1).lt(mass).sum().item() == 0) {
                // A token stays when the better ones together don't reach the mass.
                Tensor count = before.lt(mass).sumFloat32(1, true);
                count = count.maskedFill(count.lt((double) least), (double) least);
                Tensor last = count.add(-1).to(DType.INT64);
                return new Preferred(best.values(), count, best.values().gather(1, last));
            }
            k = Math.min(vocabulary, k * GROWTH);
        }
    }
}
