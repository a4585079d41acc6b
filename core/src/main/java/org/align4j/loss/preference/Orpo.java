package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Odds ratio preference optimisation, eq. 7 of Hong et al. 2024: [Nll] and −λ log σ(log
/// odds(y_w)/odds(y_l)), with odds(y) = p/(1−p) and p the geometric mean of the completion's token
/// probabilities (eq. 4). No reference.
///
/// Departs: where a completion is certain, p is held 2⁻²⁴ below 1, so that its odds are finite.
///
/// @param beta λ
/// @param nll weight of [Nll], 1 in the paper
public record Orpo(double beta, double nll) implements PreferenceLoss {
    public Orpo {
        Bounds.positive("beta", beta);
        Bounds.atLeastZero("nll", nll);
    }

    static Orpo defaults() {
        return new Orpo(0.1, 1);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor apart = logOdds(pairs.chosen()).sub(logOdds(pairs.rejected()));
        Tensor odds = Logistic.of(apart).mul(beta);
        return nll == 0 ? odds : odds.add(new Nll().of(pairs).mul(nll));
    }

    /// log p − log(1−p), the latter without cancellation near p = 1.
    private static Tensor logOdds(Completions completions) {
        Tensor logp = completions.averaged().policy();
        return logp.sub(logp.clamp(-Float.MAX_VALUE, -0x1p-24).expm1().neg().log());
    }

    /// λ log p.
    @Override
    public Tensor rewards(Completions completions) {
        return completions.averaged().policy().mul(beta);
    }

    @Override
    public boolean usesReference() {
        return false;
    }
}
