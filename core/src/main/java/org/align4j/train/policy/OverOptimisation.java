package org.align4j.train.policy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.align4j.run.Metrics;

/// Sees when a policy exploits what its reward gets wrong: on held-out prompts the reward has risen
/// while a gold reward, which isn't learned from, has fallen below its best by more than two
/// standard errors of the difference (Gao et al. 2023, "Scaling laws for reward model
/// overoptimization").
final class OverOptimisation {
    private static final double SURE = 2;

    private Optional<Look> best = Optional.empty();
    private boolean told;

    /// What an evaluation found.
    ///
    /// @param error standard error of `gold`
    private record Look(long step, double reward, double gold, double error) {}

    /// @param earlier what a resumed run logged before
    static OverOptimisation after(List<Metrics.Row> earlier) {
        OverOptimisation seen = new OverOptimisation();
        earlier.forEach(row -> seen.look(row.step(), row.values()));
        return seen;
    }

    /// Takes another evaluation in.
    ///
    /// @return what to tell the user, once in a run
    Optional<String> look(long step, Map<String, Double> evaluation) {
        if (!evaluation.containsKey(Metrics.EVAL_GOLD_REWARD)) {
            return Optional.empty();
        }
        Look now = new Look(
                step,
                evaluation.getOrDefault(Metrics.EVAL_REWARD, Double.NaN),
                evaluation.getOrDefault(Metrics.EVAL_GOLD_REWARD, Double.NaN),
                evaluation.getOrDefault(Metrics.EVAL_GOLD_REWARD_ERROR, 0.0));
        if (Double.isNaN(now.gold())) {
            return Optional.empty();
        }
        if (best.isEmpty() || now.gold() > best.get().gold()) {
            best = Optional.of(now);
            return Optional.empty();
        }
        Look then = best.get();
        boolean fallen = then.gold() - now.gold() > SURE * Math.hypot(then.error(), now.error());
        if (told || !fallen || now.reward() <= then.reward()) {
            return Optional.empty();
        }
        told = true;
        return Optional.of(String.format(
                Locale.ROOT,
                "over-optimisation: since step %d the held-out reward rose from %.4g to %.4g while the gold reward"
                        + " fell from %.4g to %.4g: the policy exploits what the reward gets wrong. keep_best:"
                        + " gold_reward keeps the best checkpoint; raise loss.beta, or mend the reward",
                then.step(),
                then.reward(),
                now.reward(),
                then.gold(),
                now.gold()));
    }
}
