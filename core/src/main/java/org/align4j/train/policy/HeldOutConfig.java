package org.align4j.train.policy;

import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.error.Require;
import org.align4j.rl.reward.RewardRule;

/// How a policy's answers to held-out prompts are drawn and measured.
///
/// @param goldReward is measured on them and never learned from; empty: none
/// @param evalTemperature of the answers, 0 for the best ones; empty: 0, but as the rollouts' where
///     there is a gold reward, since only drawn answers tell the KL
/// @param keepBest which figure of them says which checkpoint is the best
public record HeldOutConfig(Optional<RewardRule> goldReward, OptionalDouble evalTemperature, KeepBest keepBest) {
    public HeldOutConfig {
        Require.that(evalTemperature.orElse(0) >= 0, "eval_temperature must be ≥ 0, got " + evalTemperature.orElse(0));
        Require.that(
                goldReward.isPresent() || keepBest == KeepBest.REWARD,
                "keep_best: gold_reward needs a gold_reward, such as {type: gold}");
    }

    /// The best answers, by the reward that is learned from.
    static HeldOutConfig defaults() {
        return new HeldOutConfig(Optional.empty(), OptionalDouble.empty(), KeepBest.REWARD);
    }

    /// @throws IllegalArgumentException for a gold reward of nothing
    void checkPrompts(TaskDataConfig data) {
        Require.that(
                goldReward.isEmpty() || data.evaluates(),
                "gold_reward is measured on held-out prompts: give data.eval or data.eval_count");
    }

    /// The temperature of answers that are measured.
    double temperature(RolloutConfig rollout) {
        return evalTemperature.orElse(goldReward.isPresent() ? rollout.temperature() : 0);
    }
}
