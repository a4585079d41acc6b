package org.align4j.train.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.loss.preference.Dpo;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.model.Heads;
import org.align4j.nn.Parameters;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.rl.RewardMix;
import org.align4j.rl.reward.RewardRule;
import org.align4j.rl.reward.Rewards;
import org.align4j.tensor.Device;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.Optimization;
import org.align4j.train.Precision;
import org.align4j.train.TrainingLoop;

/// Settings of a run that learns from pairs of its own answers: online and iterative DPO, XPO.
///
/// @param model the policy to begin with: a Hugging Face directory, a GGUF file or an earlier run
/// @param reference what the policy is held near
/// @param output folder of the run
/// @param data the prompts
/// @param rewards what answers are worth
/// @param rewardWeights of the rewards, in their order; empty: all 1
/// @param onRewardFailure what happens when a reward can't be had
/// @param rollout how answers are drawn
/// @param comparing how rewards become pairs
/// @param loss of the pairs
/// @param exploration α of XPO; 0: both answers are the policy's own
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains an adapter instead of all weights; switched off, the model is the reference
/// @param iterations rounds of drawing and learning
/// @param epochs passes over the pairs of an iteration
/// @param minibatches optimiser steps of a pass
/// @param maxTokens tokens of a micro batch
/// @param optimizer adamw, adam, sgd, rmsprop, adafactor or lion
/// @param optimizerOptions its constants, such as `beta2`
/// @param learningRate the highest
/// @param schedule of the learning rate, named as in transformers
/// @param warmupSteps of the schedule
/// @param scheduleOptions its own settings, such as `num_cycles`
/// @param weightDecay of matrices
/// @param maxGradNorm gradients are scaled down to this norm; 0 for no clipping
/// @param lean recompute activations: slower, far smaller
/// @param evalEvery optimiser steps between evaluations; 0: before the first and after the last
///     only
/// @param saveEvery optimiser steps between checkpoints; 0: only at the end
/// @param keep checkpoints kept, beside the best
/// @param sampleEvery optimiser steps between answers in `samples.jsonl`; 0: none
public record OnlineConfig(
        Path model,
        Reference reference,
        Path output,
        TaskDataConfig data,
        List<RewardRule> rewards,
        List<Double> rewardWeights,
        Rewards.OnFailure onRewardFailure,
        RolloutConfig rollout,
        Comparing comparing,
        PreferenceLoss loss,
        double exploration,
        long seed,
        String device,
        Precision precision,
        Optional<LoraConfig> lora,
        int iterations,
        int epochs,
        int minibatches,
        int maxTokens,
        String optimizer,
        Map<String, String> optimizerOptions,
        double learningRate,
        String schedule,
        long warmupSteps,
        Map<String, String> scheduleOptions,
        double weightDecay,
        double maxGradNorm,
        boolean lean,
        int evalEvery,
        int saveEvery,
        int keep,
        int sampleEvery) {
    /// What the policy is held near.
    ///
    /// @param renewed whether it is, in each iteration, the policy that drew its answers; needs no
    ///     second model
    /// @param model otherwise; empty: the policy as it was before training
    public record Reference(boolean renewed, Optional<Path> model) {
        public Reference {
            if (renewed && model.isPresent()) {
                throw new IllegalArgumentException("a renewed reference is the policy itself; drop model");
            }
        }

        static Reference defaults() {
            return new Reference(false, Optional.empty());
        }
    }

    public OnlineConfig {
        rewards = List.copyOf(rewards);
        rewardWeights = List.copyOf(rewardWeights);
        optimizerOptions = Map.copyOf(optimizerOptions);
        scheduleOptions = Map.copyOf(scheduleOptions);
        check(!rewards.isEmpty(), "rewards must name at least one, such as [{type: model, model: runs/reward}]");
        check(
                rewardWeights.isEmpty() || rewardWeights.size() == rewards.size(),
                "reward_weights has " + rewardWeights.size() + " numbers for " + rewards.size() + " rewards");
        check(
                rollout.groupSize() >= 2,
                "rollout.group_size must be ≥ 2: one answer has nothing to be compared with; got "
                        + rollout.groupSize());
        check(!rollout.maskTruncated(), "rollout.mask_truncated: use comparing.missing_end_penalty");
        check(exploration >= 0, "exploration must be ≥ 0, got " + exploration);
        check(
                exploration == 0 || (rollout.groupSize() == 2 && rollout.resample() == 0),
                "exploration compares one answer of the policy with one of the reference: it needs"
                        + " rollout.group_size: 2 and rollout.resample: 0");
        check(
                exploration == 0 || (loss.usesReference() && !reference.renewed()),
                "exploration needs a loss with a reference, and one that stays: reference.renewed: false");
        check(iterations >= 1, "iterations must be ≥ 1, got " + iterations);
        check(epochs >= 1, "epochs must be ≥ 1, got " + epochs);
        check(minibatches >= 1, "minibatches must be ≥ 1, got " + minibatches);
        check(
                rollout.prompts() % minibatches == 0,
                "minibatches: " + minibatches + " don't divide the " + rollout.prompts() + " prompts of an iteration");
        check(maxTokens >= 1, "max_tokens must be ≥ 1, got " + maxTokens);
        check(learningRate >= 0, "learning_rate must be ≥ 0, got " + learningRate);
        check(warmupSteps >= 0, "warmup_steps must be ≥ 0, got " + warmupSteps);
        check(weightDecay >= 0, "weight_decay must be ≥ 0, got " + weightDecay);
        check(maxGradNorm >= 0, "max_grad_norm must be ≥ 0, got " + maxGradNorm);
        check(keep >= 1, "keep must be ≥ 1, got " + keep);
        check(evalEvery >= 0 && saveEvery >= 0 && sampleEvery >= 0, "eval_every, save_every and sample_every: ≥ 0");
        check(
                evalEvery == 0 || data.evaluates(),
                "eval_every needs prompts to evaluate on: data.eval or data.eval_count");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /// The defaults that `align4j init online` shows.
    public static OnlineConfig defaults(Path model, TaskDataConfig data, List<RewardRule> rewards) {
        return new OnlineConfig(
                model,
                Reference.defaults(),
                Path.of("runs/online"),
                data,
                rewards,
                List.of(),
                Rewards.OnFailure.FAIL,
                new RolloutConfig(32, 2, 256, 1, List.of(), 64, false, 0),
                Comparing.defaults(),
                Dpo.of(0.1),
                0,
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                100,
                1,
                1,
                4096,
                "adamw",
                Map.of(),
                1e-6,
                "constant",
                0,
                Map.of(),
                0,
                1,
                false,
                0,
                0,
                2,
                0);
    }

    Learner.Settings learner() {
        return new Learner.Settings(model, device, precision, lora, Heads.LANGUAGE, seed);
    }

    /// What computes the rewards; models among them belong to the scope that is open.
    PolicyRewards rewardFunctions() {
        return PolicyRewards.of(
                rewards,
                mix(),
                Optional.empty(),
                Optional.empty(),
                onRewardFailure,
                precision.dtype(),
                Device.parse(device));
    }

    RewardMix mix() {
        return new RewardMix(
                rewardWeights.isEmpty() ? rewards.stream().map(rule -> 1.0).toList() : rewardWeights, false);
    }

    /// Whether a reference is needed that isn't the policy that drew.
    boolean needsFrozenReference() {
        return loss.usesReference() && !reference.renewed();
    }

    /// Optimiser steps of an iteration.
    int updates() {
        return epochs * minibatches;
    }

    long totalSteps() {
        return (long) iterations * updates();
    }

    /// Columns that the rewards compare answers with.
    List<String> neededColumns() {
        return rewards.stream()
                .flatMap(rule -> rule.neededColumn().stream())
                .distinct()
                .toList();
    }

    TrainingLoop.Plan plan() {
        return new TrainingLoop.Plan(totalSteps(), data.evaluates(), evalEvery, 0, saveEvery, keep, sampleEvery);
    }

    OptimizerConfig namedOptimizer() {
        return OptimizerConfig.named(optimizer, optimizerOptions);
    }

    LrSchedule namedSchedule() {
        return LrSchedule.named(schedule, learningRate, warmupSteps, totalSteps(), scheduleOptions);
    }

    Optimization optimization(Parameters parameters) {
        return new Optimization(parameters, namedOptimizer(), weightDecay, namedSchedule(), maxGradNorm);
    }
}
