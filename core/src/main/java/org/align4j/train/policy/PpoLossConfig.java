package org.align4j.train.policy;

import java.util.OptionalDouble;
import org.align4j.error.Require;
import org.align4j.loss.Aggregation;
import org.align4j.loss.KlEstimator;
import org.align4j.loss.PolicyLoss;
import org.align4j.loss.PolicyObjective;
import org.align4j.loss.PolicyObjective.RatioOf;
import org.align4j.loss.ValueLoss;
import org.align4j.rl.KlController;

/// What a policy and its value model minimise, and how rewards become advantages.
///
/// @param epsilon of the clip of ratios
/// @param epsilonHigh of the upper clip; empty: as `epsilon`
/// @param dualClip bound of the ratio where the advantage is negative; 0 for none
/// @param valueClip of the change of values; 0 for none
/// @param valueCoefficient weight of the value loss
/// @param entropyBonus weight of the entropy
/// @param beta weight of the KL penalty in the reward of each token; the first one where `klTarget`
///     is given. 0: there is no reference
/// @param klEstimator of that penalty; k1 is right, k2 and k3 have other optima
/// @param klTarget KL of an answer, in nats, that β is steered to; empty: β stays
/// @param klHorizon answers over which β changes
/// @param stopKl an iteration ends where an update's tokens have moved further than this from the
///     policy that drew them (mean of ½ log²(π/π_old), in nats): this update and those after it
///     aren't made; empty: all are
/// @param gamma discount of later rewards
/// @param lambda of generalised advantage estimation
/// @param whitenRewards brings the rewards of tokens to standard deviation 1, keeping their mean
/// @param whitenAdvantages brings advantages to mean 0 and standard deviation 1
/// @param missingEosPenalty is taken off the score of answers that were cut off
/// @param scoreClip scores are cut off at plus and minus this; 0 for none
/// @param normaliseScores divides scores by the standard deviation of all so far
public record PpoLossConfig(
        double epsilon,
        OptionalDouble epsilonHigh,
        double dualClip,
        double valueClip,
        double valueCoefficient,
        double entropyBonus,
        double beta,
        KlEstimator klEstimator,
        OptionalDouble klTarget,
        double klHorizon,
        OptionalDouble stopKl,
        double gamma,
        double lambda,
        boolean whitenRewards,
        boolean whitenAdvantages,
        double missingEosPenalty,
        double scoreClip,
        boolean normaliseScores) {
    public PpoLossConfig {
        Require.atLeast("beta", beta, 0);
        Require.that(epsilon >= 0 && epsilon <= 1, "epsilon must be in [0, 1], got " + epsilon);
        Require.atLeast("epsilon_high", epsilonHigh.orElse(0), 0);
        Require.that(dualClip == 0 || dualClip > 1, "dual_clip must be > 1, or 0 for none, got " + dualClip);
        Require.atLeast("value_clip", valueClip, 0);
        Require.atLeast("value_coefficient", valueCoefficient, 0);
        Require.atLeast("missing_eos_penalty", missingEosPenalty, 0);
        Require.that(gamma >= 0 && gamma <= 1, "gamma must be in [0, 1], got " + gamma);
        Require.that(lambda >= 0 && lambda <= 1, "lambda must be in [0, 1], got " + lambda);
        Require.atLeast("score_clip", scoreClip, 0);
        Require.that(klHorizon > 0 && klTarget.orElse(1) > 0, "kl_target and kl_horizon must be > 0");
        Require.that(stopKl.orElse(1) > 0, "stop_kl must be > 0, got " + stopKl.orElse(1));
        Require.that(klTarget.isEmpty() || beta > 0, "kl_target needs a beta > 0 to begin with");
    }

    public static PpoLossConfig defaults() {
        return new PpoLossConfig(
                0.2,
                OptionalDouble.empty(),
                0,
                0.2,
                0.1,
                0,
                0.05,
                KlEstimator.K1,
                OptionalDouble.empty(),
                10_000,
                OptionalDouble.empty(),
                1,
                0.95,
                false,
                true,
                0,
                0,
                false);
    }

    PolicyObjective objective() {
        return PolicyObjective.of(
                        new PolicyLoss.Clipped(epsilon, epsilonHigh.orElse(epsilon), dualClip),
                        RatioOf.TOKEN,
                        new Aggregation.TokenMean())
                .withEntropyBonus(entropyBonus);
    }

    ValueLoss valueLoss() {
        return new ValueLoss(valueClip);
    }

    /// @param present β of now
    KlController controller(double present) {
        return klTarget.isPresent()
                ? new KlController.Adaptive(present, klTarget.getAsDouble(), klHorizon)
                : new KlController.Fixed(present);
    }
}
