package org.align4j.train.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.error.Require;
import org.align4j.loss.Aggregation;
import org.align4j.loss.KlEstimator;
import org.align4j.loss.PolicyLoss;
import org.align4j.loss.PolicyObjective;
import org.align4j.loss.PolicyObjective.RatioOf;
import org.align4j.rl.GroupAdvantage;

/// What a policy that learns from groups minimises.
///
/// @param variant the algorithm
/// @param epsilon of the clip; empty: 0.2, and 3e-4 for GSPO
/// @param epsilonHigh of the upper clip; empty: as `epsilon`, 4e-4 for GSPO, and 5 for CISPO, where
///     it is the largest weight
/// @param dualClip bound of the ratio where the advantage is negative; 0 for none
/// @param beta weight of the KL term; 0: there is no reference
/// @param klEstimator of that term; empty: k3 in the loss, k1 in the reward
/// @param klWeightedByRatio whether the KL term is multiplied by the ratio
/// @param klInReward whether the KL is taken off the reward and not added to the loss; empty: for
///     RLOO and REINFORCE
/// @param entropyBonus weight of the entropy
/// @param topEntropyShare share of the tokens, those of the highest entropy, that learn; 1 for all
/// @param offPolicyThreshold outputs of negative advantage that have become this improbable are
///     left out; 0 for none
/// @param scale what advantages are divided by; empty: `none` for Dr. GRPO, `group` for the others
/// @param unbiased whether the standard deviation divides squares by G − 1
/// @param epsilonDeviation is added to the standard deviation
/// @param importanceCap weights of tokens by which learner and sampler differ are cut off at this
///     (truncated importance sampling, Yao et al. 2025); 0: no such weights
public record GrpoLossConfig(
        Variant variant,
        OptionalDouble epsilon,
        OptionalDouble epsilonHigh,
        double dualClip,
        double beta,
        Optional<KlEstimator> klEstimator,
        boolean klWeightedByRatio,
        Optional<Boolean> klInReward,
        double entropyBonus,
        double topEntropyShare,
        double offPolicyThreshold,
        Optional<GroupAdvantage.Scale> scale,
        boolean unbiased,
        double epsilonDeviation,
        double importanceCap) {
    /// Algorithms, which differ in loss, ratio and aggregation.
    public enum Variant {
        /// Token ratios averaged over each output (Shao et al. 2024).
        GRPO,
        /// Ratio and KL of whole outputs, equations 1–3 as the lecture prints them.
        GRPO_SEQUENCE,
        /// Means over the tokens of each micro batch.
        BNPO,
        /// Sums over the longest answer asked for, no standard deviation (Liu et al. 2025).
        DR_GRPO,
        /// Means over all tokens of the step (Yu et al. 2025).
        DAPO,
        /// Geometric means of ratios, each output weighing its length.
        LUSPO,
        /// Geometric means of ratios (Zheng et al. 2025).
        GSPO,
        /// Clipped weights instead of a clipped objective (MiniMax 2025).
        CISPO,
        /// A smooth gate instead of the clip (Gao et al. 2025).
        SAPO,
        /// Weights by a gamma density of the output's ratio (2026).
        VESPO,
        /// Whole outputs against the mean of the others (Ahmadian et al. 2024).
        RLOO,
        /// No ratio; against the mean of the others (Williams 1992).
        REINFORCE,
        /// The best answer of each group is imitated, round by round: rejection sampling, expert
        /// iteration (Anthony et al. 2017; Dong et al. 2023).
        EXPERT_ITERATION,
        /// The same in one round: supervised fine-tuning on the best of n answers of the model that
        /// the run begins with (Stiennon et al. 2020).
        BEST_OF_N
    }

    public GrpoLossConfig {
        Require.atLeast("beta", beta, 0);
        Require.that(importanceCap == 0 || importanceCap >= 1, "importance_cap must be ≥ 1, or 0 for none");
        // what would have no effect
        boolean clips = switch (variant) {
            case GRPO, GRPO_SEQUENCE, BNPO, DR_GRPO, DAPO, LUSPO, GSPO, RLOO -> true;
            case CISPO, SAPO, VESPO, REINFORCE, EXPERT_ITERATION, BEST_OF_N -> false;
        };
        String name = variant.name().toLowerCase(Locale.ROOT);
        Require.that(
                clips || (epsilon.isEmpty() && dualClip == 0), name + " clips no ratios: drop epsilon and dual_clip");
        Require.that(
                clips || variant == Variant.CISPO || epsilonHigh.isEmpty(),
                name + " clips no ratios: drop epsilon_high");
        Require.that(
                scale.isEmpty() || !(leavesOneOut(variant) || imitates(variant)),
                name + " divides advantages by nothing: drop scale");
        Require.that(
                !klWeightedByRatio || beta == 0 || !klInReward.orElse(leavesOneOut(variant)),
                "kl_weighted_by_ratio is of a KL term in the loss: drop it, or set kl_in_reward: false");
    }

    public static GrpoLossConfig defaults() {
        return new GrpoLossConfig(
                Variant.GRPO,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                0,
                0.04,
                Optional.empty(),
                false,
                Optional.empty(),
                0,
                1,
                0,
                Optional.empty(),
                true,
                1e-4,
                0);
    }

    private PolicyLoss loss() {
        double low = epsilon.orElse(variant == Variant.GSPO ? 3e-4 : 0.2);
        return switch (variant) {
            case GRPO, GRPO_SEQUENCE, BNPO, DR_GRPO, DAPO, LUSPO, RLOO ->
                new PolicyLoss.Clipped(low, epsilonHigh.orElse(low), dualClip);
            case GSPO -> new PolicyLoss.Clipped(low, epsilonHigh.orElse(epsilon.orElse(4e-4)), dualClip);
            case CISPO -> new PolicyLoss.Cispo(epsilonHigh.orElse(5));
            case SAPO -> new PolicyLoss.Sapo(1, 1.05);
            case VESPO -> new PolicyLoss.Vespo(2, 3, 3, 2);
            case REINFORCE, EXPERT_ITERATION, BEST_OF_N -> new PolicyLoss.Reinforce();
        };
    }

    /// The loss of a step.
    ///
    /// @param maxNewTokens the longest answer
    PolicyObjective objective(int maxNewTokens) {
        Aggregation aggregation = switch (variant) {
            case GRPO, GRPO_SEQUENCE, GSPO, SAPO, RLOO -> new Aggregation.OutputMean();
            case BNPO -> new Aggregation.MicroBatchTokenMean();
            case DR_GRPO -> new Aggregation.ConstantLength(maxNewTokens);
            case LUSPO, REINFORCE -> new Aggregation.ConstantLength(1);
            case DAPO, CISPO, VESPO, EXPERT_ITERATION, BEST_OF_N -> new Aggregation.TokenMean();
        };
        return PolicyObjective.of(loss(), ratio(), aggregation)
                .withKl(inReward() ? 0 : beta, estimator(), klWeightedByRatio)
                .withEntropyBonus(entropyBonus)
                .withFilters(topEntropyShare, offPolicyThreshold);
    }

    /// What is compared with the policy that drew.
    RatioOf ratio() {
        return switch (variant) {
            case GRPO_SEQUENCE, RLOO -> RatioOf.OUTPUT;
            case GSPO, LUSPO -> RatioOf.OUTPUT_MEAN;
            case GRPO, BNPO, DR_GRPO, DAPO, CISPO, SAPO, VESPO, REINFORCE, EXPERT_ITERATION, BEST_OF_N -> RatioOf.TOKEN;
        };
    }

    /// Whether the KL is taken off the reward.
    boolean inReward() {
        return beta > 0 && klInReward.orElse(leavesOneOut());
    }

    KlEstimator estimator() {
        return klEstimator.orElse(inReward() ? KlEstimator.K1 : KlEstimator.K3);
    }

    /// Whether an answer is compared with the others of its group.
    boolean leavesOneOut() {
        return leavesOneOut(variant);
    }

    private static boolean leavesOneOut(Variant variant) {
        return variant == Variant.RLOO || variant == Variant.REINFORCE;
    }

    /// Whether only the best answer of each group is learned from.
    boolean imitates() {
        return imitates(variant);
    }

    private static boolean imitates(Variant variant) {
        return variant == Variant.EXPERT_ITERATION || variant == Variant.BEST_OF_N;
    }

    GroupAdvantage advantage() {
        GroupAdvantage.Scale own = variant == Variant.DR_GRPO ? GroupAdvantage.Scale.NONE : GroupAdvantage.Scale.GROUP;
        return new GroupAdvantage(scale.orElse(own), unbiased, epsilonDeviation);
    }
}
