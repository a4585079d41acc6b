package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Direct preference optimisation: −log σ(βΔ), eq. 7 of Rafailov et al. 2023.
///
/// With smoothing ε it is conservative DPO, −(1−ε) log σ(βΔ) − ε log σ(−βΔ), Mitchell 2023, "A note
/// on DPO with noisy preferences". With another divergence, h becomes f′(π/π_ref): f-DPO, Wang et
/// al. 2023. Averaged, h is the mean over tokens: the length-normalised DPO of Tülu 3, Lambert et
/// al. 2024, section 5.
///
/// @param beta β, how strongly the policy is held near the reference
/// @param labelSmoothing ε, the share of labels expected to be wrong, in [0, 0.5)
/// @param divergence what holds it there
/// @param averaged whether log-probabilities are means over tokens
public record Dpo(double beta, double labelSmoothing, Divergence divergence, boolean averaged)
        implements PreferenceLoss {
    public Dpo {
        Bounds.positive("beta", beta);
        Bounds.smoothing(labelSmoothing);
    }

    static Dpo defaults() {
        return Dpo.of(0.1);
    }

    /// As in the paper.
    public static Dpo of(double beta) {
        return of(beta, 0);
    }

    /// Conservative DPO.
    public static Dpo of(double beta, double labelSmoothing) {
        return new Dpo(beta, labelSmoothing, new Divergence.ReverseKl(), false);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor chosen = score(pairs.chosen());
        return Logistic.smoothed(chosen.sub(score(pairs.rejected())).mul(beta), labelSmoothing);
    }

    private Tensor score(Completions completions) {
        Tensor score = divergence.score(completions.ratios());
        return averaged ? score.div(completions.lengths()) : score;
    }
}
