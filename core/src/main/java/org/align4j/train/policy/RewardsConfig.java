package org.align4j.train.policy;

import java.util.List;
import org.align4j.error.Require;
import org.align4j.rl.RewardMix;
import org.align4j.rl.reward.RewardRule;
import org.align4j.rl.reward.Rewards;

/// What answers are worth.
///
/// @param rewards at least one
/// @param rewardWeights of the rewards, in their order; empty: all 1
/// @param onRewardFailure what happens when a reward can't be had
public record RewardsConfig(List<RewardRule> rewards, List<Double> rewardWeights, Rewards.OnFailure onRewardFailure) {
    public RewardsConfig {
        rewards = List.copyOf(rewards);
        rewardWeights = List.copyOf(rewardWeights);
        if (rewards.isEmpty()) {
            throw new IllegalArgumentException(
                    "rewards must name at least one, such as [{type: math}] or [{type: model, model: runs/reward}]");
        }
        if (!rewardWeights.isEmpty() && rewardWeights.size() != rewards.size()) {
            throw new IllegalArgumentException(
                    "reward_weights has " + rewardWeights.size() + " numbers for " + rewards.size() + " rewards");
        }
    }

    /// `rewards` that count the same; one that fails ends the run.
    public static RewardsConfig defaults(List<RewardRule> rewards) {
        return new RewardsConfig(rewards, List.of(), Rewards.OnFailure.FAIL);
    }

    /// @throws IllegalArgumentException for a reward that only talks with an environment have
    void checkWithoutEnvironment() {
        Require.that(
                rewards.stream().noneMatch(RewardRule.Environment.class::isInstance),
                "rewards: {type: environment} is what an environment gives, and only grpo talks with one; drop it");
    }

    /// How they become one number.
    ///
    /// @param normalised whether each is normalised within its groups first
    RewardMix mix(boolean normalised) {
        return new RewardMix(
                rewardWeights.isEmpty() ? rewards.stream().map(rule -> 1.0).toList() : rewardWeights, normalised);
    }
}
