package org.align4j.train.policy;

import java.util.List;
import org.align4j.rl.Rollout;

/// How an iteration's answers become pairs.
///
/// @param pairs which answers to a prompt are compared
/// @param soft whether the better answer is better with the probability σ(r_w − r_l) of Bradley and
///     Terry, both orders counting; otherwise it simply is
/// @param missingEndPenalty is taken off the reward of answers that were cut off
public record Comparing(Pairing pairs, boolean soft, double missingEndPenalty) {
    /// Which answers to a prompt are compared.
    public enum Pairing {
        /// The best and the worst.
        BEST_WORST,
        /// Every two of different worth.
        ALL
    }

    public Comparing {
        if (!(missingEndPenalty >= 0)) {
            throw new IllegalArgumentException("missing_end_penalty must be ≥ 0, got " + missingEndPenalty);
        }
    }

    /// What answers are worth when they are compared.
    ///
    /// @param sums of each one's rewards
    double[] worths(double[] sums, List<Rollout> rollouts) {
        double[] worths = sums.clone();
        for (int i = 0; i < worths.length; i++) {
            worths[i] -= rollouts.get(i).ended() ? 0 : missingEndPenalty;
        }
        return worths;
    }

    static Comparing defaults() {
        return new Comparing(Pairing.BEST_WORST, false, 0);
    }
}
