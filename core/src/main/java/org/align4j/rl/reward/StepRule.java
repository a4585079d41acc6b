package org.align4j.rl.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.config.ConfiguredClass;
import org.align4j.rl.verify.EquationCheck;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// What the steps of answers are worth, as it is configured: process supervision. Steps are lines
/// and, in them, sentences.
public sealed interface StepRule {
    /// Columns that the rule needs.
    default Optional<String> neededColumn() {
        return Optional.empty();
    }

    /// What computes it. What it loads belongs to the scope that is open.
    ///
    /// @param dtype that models compute in
    /// @param device that they are on
    StepReward function(DType dtype, Device device);

    /// Of each step with equations such as `3 + 4 = 7`: 1 if all of them hold, else 0. What has no
    /// equation is no step.
    record Equations() implements StepRule {
        @Override
        public StepReward function(DType dtype, Device device) {
            return attempts -> attempts.stream()
                    .map(attempt -> checked(attempt.response()))
                    .toList();
        }

        private static List<StepReward.Step> checked(String response) {
            List<StepReward.Step> steps = new ArrayList<>();
            int start = 0;
            for (int end : AnswerSteps.ends(response)) {
                EquationCheck.holds(response.substring(start, end))
                        .ifPresent(right -> steps.add(new StepReward.Step(end, right ? 1 : 0)));
                start = end;
            }
            return steps;
        }
    }

    /// Of each step: what another reward says of the answer up to its end, such as a reward model's
    /// score.
    record Prefix(RewardRule reward) implements StepRule {
        @Override
        public Optional<String> neededColumn() {
            return reward.neededColumn();
        }

        @Override
        public StepReward function(DType dtype, Device device) {
            return new PrefixReward(reward.function(dtype, device));
        }
    }

    /// A [StepReward] of the class path, by the name of its class.
    record Java(String name) implements StepRule {
        @Override
        public StepReward function(DType dtype, Device device) {
            return ConfiguredClass.make("process", name, StepReward.class);
        }
    }
}
