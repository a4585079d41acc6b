package org.align4j.loss.preference;

import java.util.Optional;
import org.align4j.tensor.Tensor;

/// B pairs of completions, each of one prompt.
///
/// @param chosen the better ones, y_w
/// @param rejected the worse ones, y_l
/// @param ties float32 `[B]`, 1 where neither is better; empty: there are no ties. Only [RaoKupper]
///     and [Davidson] know what to do with them
/// @param meanRatio the mean of h over all completions so far, which the caller keeps
///     ([RunningMean]). Only [Bco] looks at it
public record Pairs(Completions chosen, Completions rejected, Optional<Tensor> ties, double meanRatio) {
    /// Pairs without ties, of no history.
    public Pairs(Completions chosen, Completions rejected) {
        this(chosen, rejected, Optional.empty(), 0);
    }

    /// The same pairs where all completions so far have this mean.
    public Pairs withMeanRatio(double mean) {
        return new Pairs(chosen, rejected, ties, mean);
    }

    /// The same pairs, the preference turned round.
    public Pairs swapped() {
        return new Pairs(rejected, chosen, ties, meanRatio);
    }

    /// Chosen minus rejected log-ratio, `[B]`.
    Tensor margins() {
        return chosen.ratios().sub(rejected.ratios());
    }
}
