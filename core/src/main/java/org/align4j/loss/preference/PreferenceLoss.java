package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// A loss of pairs of completions of which one is preferred. Written as in the papers: y_w chosen,
/// y_l rejected, h = log π/π_ref of a whole completion, Δ = h(y_w) − h(y_l).
public sealed interface PreferenceLoss
        permits Aot,
                AotUnpaired,
                ApoDown,
                ApoZero,
                Bco,
                Cpo,
                Davidson,
                Discopop,
                Dpo,
                Dpop,
                Exo,
                Hinge,
                Ipo,
                Nca,
                Nll,
                Orpo,
                PlackettLuce,
                RaoKupper,
                RobustDpo,
                Simpo,
                Sppo,
                WeightedSum {
    /// The loss of each pair, `[B]`; what is minimised is the mean.
    Tensor of(Pairs pairs);

    /// The rewards that it implicitly gives to completions, `[B]`.
    Tensor rewards(Completions completions);

    /// Whether it looks at the reference's log-probabilities.
    default boolean usesReference() {
        return true;
    }

    /// Whether it looks at which pairs are ties.
    default boolean knowsTies() {
        return false;
    }
}
