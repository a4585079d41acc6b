package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.rl.RewardMix;
import org.align4j.rl.reward.ProcessReward;
import org.align4j.rl.reward.RewardRule;
import org.align4j.rl.reward.Rewards;
import org.align4j.rl.reward.StepRule;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// What a policy's answers are worth.
///
/// @param learned rewards that it learns from
/// @param mix how these are added
/// @param process rewards of their steps
/// @param gold a reward that it doesn't learn from
record PolicyRewards(Rewards learned, RewardMix mix, Optional<ProcessReward> process, Optional<Rewards> gold)
        implements AutoCloseable {
    /// What computes them; models among them belong to the scope that is open.
    ///
    /// @param normalised whether each is normalised within its groups before they are added
    static PolicyRewards of(
            RewardsConfig config,
            boolean normalised,
            Optional<StepRule> process,
            Optional<RewardRule> gold,
            DType dtype,
            Device device) {
        Rewards.OnFailure onFailure = config.onRewardFailure();
        return new PolicyRewards(
                Rewards.of(config.rewards(), onFailure, dtype, device),
                config.mix(normalised),
                process.map(rule -> new ProcessReward(rule.function(dtype, device), onFailure)),
                gold.map(rule -> Rewards.of(List.of(rule), onFailure, dtype, device)));
    }

    /// Columns that rules compare answers with.
    static List<String> columns(List<RewardRule> rules, Optional<RewardRule> gold) {
        List<RewardRule> all = new ArrayList<>(rules);
        gold.ifPresent(all::add);
        return all.stream()
                .flatMap(rule -> rule.neededColumn().stream())
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        learned.close();
        process.ifPresent(ProcessReward::close);
        gold.ifPresent(Rewards::close);
    }
}
