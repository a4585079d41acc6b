package org.align4j.loss.preference;

import java.util.Optional;
import org.align4j.tensor.Tensor;

/// B pairs of completions, each of one prompt.
///
/// @param chosen the better ones, y_w
/// @param rejected the worse ones, y_l
/// @param ties float32 `[B]`, 1 where neither is better; empty: there are no ties. Only [RaoKupper] and [Davidson] know
///     what to do with them
public record Pairs(Completions chosen, Completions rejected, Optional<Tensor> ties) {
    /// Pairs without ties.
    public Pairs(Completions chosen, Completions rejected) {
        this(chosen, rejected, Optional.empty());
    }

    /// Chosen minus rejected log-ratio, `[B]`.
    Tensor margins() {
        return chosen.ratios().sub(rejected.ratios());
    }
}
