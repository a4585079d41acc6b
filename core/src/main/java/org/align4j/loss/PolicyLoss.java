package org.align4j.loss;

import org.align4j.error.Require;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;

/// What a token (or a whole output) adds to the loss of a policy that learns from the samples of an
/// older one, before any KL term. ρ = π(o)/π_old(o) is the ratio and A the advantage.
/// [PolicyObjective] decides what ρ is the ratio of.
public sealed interface PolicyLoss {
    /// −min(ρ A, clip(ρ, 1 − ε_low, 1 + ε_high) A): PPO, eq. 7 of Schulman et al. 2017, with the
    /// higher upper clip of DAPO (Yu et al. 2025) and a bound on ρ where A is negative (dual clip,
    /// Ye et al. 2020).
    ///
    /// @param low ε_low
    /// @param high ε_high
    /// @param dualClip ρ counts as this at most outside the clip; 0 for no bound. As in TRL's
    ///     `delta` it bounds ρ A for positive A too, where the clip is tighter anyway
    record Clipped(double low, double high, double dualClip) implements PolicyLoss {
        public Clipped {
            Require.that(low >= 0 && low <= 1, "the lower clip must be in [0, 1], got " + low);
            Require.that(high >= 0, "the upper clip must be ≥ 0, got " + high);
            Require.that(dualClip == 0 || dualClip > 1, "dual clip must be > 1, or 0 for none, got " + dualClip);
        }

        /// The same ε on both sides.
        public static Clipped of(double epsilon) {
            return new Clipped(epsilon, epsilon, 0);
        }
    }

    /// −min(ρ, ε_high) A log π, the weight held constant, so that no token is dropped: CISPO
    /// (MiniMax 2025, eq. 4).
    ///
    /// @param high the largest weight
    record Cispo(double high) implements PolicyLoss {
        public Cispo {
            Require.that(high > 0, "the largest weight must be > 0, got " + high);
        }
    }

    /// −(4/τ) σ(τ (ρ − 1)) A: a smooth gate in place of the clip, SAPO (Gao et al. 2025).
    ///
    /// @param positive τ where A > 0
    /// @param negative τ elsewhere; larger: tokens are let go sooner
    record Sapo(double positive, double negative) implements PolicyLoss {
        public Sapo {
            Require.that(
                    positive > 0 && negative > 0, "temperatures must be > 0, got " + positive + " and " + negative);
        }
    }

    /// −φ A log π with φ = w^k exp(λ (1 − w)) held constant, w the ratio of the whole output: VESPO
    /// (2026).
    ///
    /// @param positivePower k where A ≥ 0
    /// @param positiveRate λ where A ≥ 0
    /// @param negativePower k elsewhere
    /// @param negativeRate λ elsewhere
    record Vespo(double positivePower, double positiveRate, double negativePower, double negativeRate)
            implements PolicyLoss {}

    /// −A log π: REINFORCE (Williams 1992), and RLOO with leave-one-out advantages (Ahmadian et al.
    /// 2024). Right for samples of the policy itself, so for one update a rollout.
    record Reinforce() implements PolicyLoss {}

    /// The loss of each token.
    ///
    /// @param ratio ρ, `[M]`; gradients flow through it
    /// @param tokens the same tokens
    /// @return `[M]`
    default Tensor of(Tensor ratio, PolicyTokens tokens) {
        Tensor advantages = tokens.advantages();
        return switch (this) {
            case Clipped clip -> clipped(clip, ratio, advantages);
            case Cispo(double high) ->
                ratio.detach()
                        .clamp(0, high)
                        .mul(advantages)
                        .mul(tokens.logps())
                        .neg();
            case Sapo(double positive, double negative) -> {
                Tensor temperature = byAdvantage(advantages.gt(zero(advantages)), positive, negative);
                yield ratio.add(-1)
                        .mul(temperature)
                        .sigmoid()
                        .mul(4)
                        .div(temperature)
                        .mul(advantages)
                        .neg();
            }
            case Vespo vespo ->
                tokens.spread(vespo(vespo, tokens))
                        .mul(advantages)
                        .mul(tokens.logps())
                        .neg();
            case Reinforce() -> advantages.mul(tokens.logps()).neg();
        };
    }

    private static Tensor clipped(Clipped clip, Tensor ratio, Tensor advantages) {
        Tensor inside = ratio.clamp(1 - clip.low(), 1 + clip.high());
        Tensor outside = clip.dualClip() > 0 ? ratio.clamp(0, clip.dualClip()) : ratio;
        return outside.mul(advantages).minimum(inside.mul(advantages)).neg();
    }

    /// φ of each output, `[B]`. Logarithms are kept within ±20, as in TRL.
    private static Tensor vespo(Vespo vespo, PolicyTokens tokens) {
        Tensor logRatio = tokens.sums(tokens.logps().detach().sub(tokens.old()).clamp(-20, 20))
                .clamp(-20, 20);
        Tensor advantages = tokens.means(tokens.advantages());
        Tensor good = advantages.ge(zero(advantages));
        Tensor power = byAdvantage(good, vespo.positivePower(), vespo.negativePower());
        Tensor rate = byAdvantage(good, vespo.positiveRate(), vespo.negativeRate());
        return rate.mul(logRatio.exp().neg().add(1)).add(power.mul(logRatio)).exp();
    }

    private static Tensor byAdvantage(Tensor good, double yes, double no) {
        return good.to(DType.FLOAT32).mul(yes - no).add(no);
    }

    private static Tensor zero(Tensor like) {
        return Tensor.zeros(like.dtype(), like.device(), 1);
    }
}
