package org.align4j.loss.preference;

import java.util.List;
import org.align4j.tensor.Tensor;

/// DPO with ties after Davidson 1970, Chen et al. 2024 ("On extending direct preference
/// optimization to accommodate ties"): with d = βΔ, y_w wins with probability 1/(1 + e^−d + 2ν
/// e^(−d/2)), neither with 2ν e^(−d/2) times that.
///
/// @param beta β
/// @param nu ν > 0: how near answers are called equal; 1 gives ties probability ½ at Δ = 0
public record Davidson(double beta, double nu) implements PreferenceLoss {
    public Davidson {
        Bounds.positive("beta", beta);
        Bounds.positive("nu", nu);
    }

    static Davidson defaults() {
        return new Davidson(0.1, 1);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor margins = pairs.margins().mul(beta);
        Tensor tieOverWin = margins.mul(-0.5).add(Math.log(2 * nu));
        // −log p(win): the three outcomes relative to a win
        Tensor win = Tensor.stack(List.of(margins.mul(0), margins.neg(), tieOverWin), 0)
                .logsumexp(0);
        return pairs.ties().map(ties -> win.sub(tieOverWin.mul(ties))).orElse(win);
    }

    @Override
    public boolean knowsTies() {
        return true;
    }
}
