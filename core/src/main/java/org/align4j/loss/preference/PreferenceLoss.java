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

    /// What its rewards are multiplied by.
    double beta();

    /// The rewards that it implicitly gives to completions, `[B]`: βh unless it says otherwise.
    default Tensor rewards(Completions completions) {
        return completions.ratios().mul(beta());
    }

    /// Whether it looks at the reference's log-probabilities.
    default boolean usesReference() {
        return true;
    }

    /// Whether the loss at a pair's place is that of this pair and no other, so that pairs may be
    /// weighed.
    default boolean perPair() {
        return true;
    }

    /// Whether it looks at [Pairs#meanRatio()].
    default boolean usesMeanRatio() {
        return false;
    }

    /// Whether it looks at which pairs are ties.
    default boolean knowsTies() {
        return false;
    }
}
