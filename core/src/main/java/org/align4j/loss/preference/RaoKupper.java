package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// DPO with ties after Rao and Kupper 1967, Chen et al. 2024 ("On extending direct preference
/// optimization to accommodate ties"): y_w wins with probability σ(βΔ − log ν), neither with
/// (ν²−1)·σ(βΔ − log ν)·σ(−βΔ − log ν).
///
/// @param beta β
/// @param nu ν > 1: how near answers are called equal; 3 gives ties probability ½ at Δ = 0
public record RaoKupper(double beta, double nu) implements PreferenceLoss {
    public RaoKupper {
        Bounds.positive("beta", beta);
        Bounds.require(nu > 1 && Double.isFinite(nu), "nu must be > 1, got " + nu);
    }

    static RaoKupper defaults() {
        return new RaoKupper(0.1, 3);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor margins = pairs.margins().mul(beta);
        Tensor win = Logistic.of(margins.add(-Math.log(nu)));
        Tensor loss = Logistic.of(margins.neg().add(-Math.log(nu)));
        // −log p(tie) = win + tie's own part, and no tie has only the former
        return pairs.ties()
                .map(ties -> win.add(loss.add(-Math.log(nu * nu - 1)).mul(ties)))
                .orElse(win);
    }

    @Override
    public boolean knowsTies() {
        return true;
    }
}
