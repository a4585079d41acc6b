package org.align4j.loss.preference;

import java.util.List;
import org.align4j.tensor.Tensor;

/// DPO over rankings of K completions: −Σ_k log(exp(βh_k) / Σ_{j≥k} exp(βh_j)), appendix A.3
/// of Rafailov et al. 2023. For K = 2 it is [Dpo].
///
/// @param beta β
public record PlackettLuce(double beta) implements PreferenceLoss {
    public PlackettLuce {
        Bounds.positive("beta", beta);
    }

    static PlackettLuce defaults() {
        return new PlackettLuce(0.1);
    }

    /// Of pairs, which are rankings of two.
    @Override
    public Tensor of(Pairs pairs) {
        return ofRankings(
                Tensor.stack(List.of(pairs.chosen().ratios(), pairs.rejected().ratios()), 1));
    }

    /// @param ratios h of B rankings, best first, `[B, K]`
    /// @return `[B]`
    public Tensor ofRankings(Tensor ratios) {
        long ranks = ratios.size(1);
        Bounds.require(ranks >= 2, "a ranking needs at least 2 completions, got " + ranks);
        Tensor rewards = ratios.mul(beta);
        Tensor loss = rewards.narrow(1, ranks - 1, 1).squeeze(1).mul(0);
        for (long k = 0; k < ranks - 1; k++) {
            Tensor left = rewards.narrow(1, k, ranks - k);
            loss = loss.add(left.logsumexp(1).sub(left.narrow(1, 0, 1).squeeze(1)));
        }
        return loss;
    }

    @Override
    public boolean perPair() {
        return false;
    }
}
