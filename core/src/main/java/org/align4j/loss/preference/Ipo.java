package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Identity preference optimisation: (Δ − 1/(2τ))², eq. 17 of Azar et al. 2023. Its optimum keeps Δ
/// at a finite margin even where all raters agree, where DPO's runs away.
///
/// Departs: h is the mean over tokens by default, as the paper's authors had it in their
/// experiments (so TRL says).
///
/// @param beta τ
/// @param divergence as in [Dpo]
/// @param averaged whether log-probabilities are means over tokens
public record Ipo(double beta, Divergence divergence, boolean averaged) implements PreferenceLoss {
    /// A float32 whose square is finite.
    private static final double LARGEST = 1e18;

    public Ipo {
        Bounds.positive("beta", beta);
    }

    static Ipo defaults() {
        return Ipo.of(0.1);
    }

    public static Ipo of(double beta) {
        return new Ipo(beta, new Divergence.ReverseKl(), true);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor chosen = score(pairs.chosen());
        return chosen.sub(score(pairs.rejected()))
                .add(-1 / (2 * beta))
                .clamp(-LARGEST, LARGEST)
                .square();
    }

    private Tensor score(Completions completions) {
        Tensor score = divergence.score(completions.ratios());
        return averaged ? score.div(completions.lengths()) : score;
    }
}
