package org.align4j.train.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.checkpoint.LoadedModel;
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

/// Settings of a run of proximal policy optimisation.
///
/// @param model the policy to begin with: a Hugging Face directory, a GGUF file or an earlier run
/// @param reference the policy that it is to stay near; empty: `model`
/// @param valueModel what the value model begins as, mostly the reward model; empty: `model` with a
///     new head
/// @param shared makes one model serve as policy, value model and, with its adapter switched off,
///     reference: the values are a head on the policy's hidden states. Needs `lora`
/// @param output folder of the run
/// @param data the prompts
/// @param rewards what answers are worth
/// @param rewardWeights of the rewards, in their order; empty: all 1
/// @param onRewardFailure what happens when a reward can't be had
/// @param goldReward is measured on held-out prompts and never learned from; empty: none
/// @param rollout how answers are drawn
/// @param loss what is minimised
/// @param ptx examples that are mixed in; empty: none
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains adapters instead of all weights, of policy and value model
/// @param iterations rounds of drawing and learning
/// @param epochs passes over the answers of an iteration
/// @param minibatches optimiser steps of a pass
/// @param maxTokens tokens of a micro batch
/// @param optimizer adamw, adam, sgd, rmsprop, adafactor or lion
/// @param optimizerOptions its constants, such as `beta2`
/// @param learningRate of the policy, the highest
/// @param valueLearningRate of the value model; empty: as the policy's
/// @param schedule of the learning rates, named as in transformers
/// @param warmupSteps of the schedule
/// @param scheduleOptions its own settings, such as `num_cycles`
/// @param weightDecay of matrices
/// @param maxGradNorm gradients are scaled down to this norm; 0 for no clipping
/// @param lean recompute activations: slower, far smaller
/// @param evalEvery optimiser steps between evaluations; 0: before the first and after the last
///     only
/// @param evalTemperature of the answers to held-out prompts, 0 for the best ones; empty: 0, but as
///     the rollouts' where there is a gold reward, since only drawn answers tell the KL
/// @param saveEvery optimiser steps between checkpoints; 0: only at the end
/// @param keep checkpoints kept, beside the best
/// @param keepBest which figure of held-out answers says which checkpoint is the best
/// @param sampleEvery optimiser steps between answers in `samples.jsonl`; 0: none
public record PpoConfig(
        Path model,
        Optional<Path> reference,
        Optional<Path> valueModel,
        boolean shared,
        Path output,
        TaskDataConfig data,
        List<RewardRule> rewards,
        List<Double> rewardWeights,
        Rewards.OnFailure onRewardFailure,
        Optional<RewardRule> goldReward,
        RolloutConfig rollout,
        PpoLossConfig loss,
        Optional<PtxConfig> ptx,
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
        OptionalDouble valueLearningRate,
        String schedule,
        long warmupSteps,
        Map<String, String> scheduleOptions,
        double weightDecay,
        double maxGradNorm,
        boolean lean,
        int evalEvery,
        OptionalDouble evalTemperature,
        int saveEvery,
        int keep,
        KeepBest keepBest,
        int sampleEvery) {
    public PpoConfig {
        rewards = List.copyOf(rewards);
        rewardWeights = List.copyOf(rewardWeights);
        optimizerOptions = Map.copyOf(optimizerOptions);
        scheduleOptions = Map.copyOf(scheduleOptions);
        check(!rewards.isEmpty(), "rewards must name at least one, such as [{type: model, model: runs/reward}]");
        check(
                rewardWeights.isEmpty() || rewardWeights.size() == rewards.size(),
                "reward_weights has " + rewardWeights.size() + " numbers for " + rewards.size() + " rewards");
        check(
                !shared || lora.isPresent(),
                "shared: needs lora, such as {rank: 16, alpha: 32}: without its adapter the"
                        + " model is the reference");
        check(!shared || valueModel.isEmpty(), "shared: the values are a head on the policy; drop value_model");
        check(
                !shared || reference.isEmpty(),
                "shared: the policy without its adapter is the reference; drop reference");
        check(iterations >= 1, "iterations must be ≥ 1, got " + iterations);
        check(epochs >= 1, "epochs must be ≥ 1, got " + epochs);
        check(minibatches >= 1, "minibatches must be ≥ 1, got " + minibatches);
        check(
                rollout.outputs() % minibatches == 0,
                "minibatches: " + minibatches + " don't divide the " + rollout.outputs() + " answers of an iteration");
        check(maxTokens >= 1, "max_tokens must be ≥ 1, got " + maxTokens);
        check(learningRate >= 0 && valueLearningRate.orElse(0) >= 0, "learning rates must be ≥ 0");
        check(warmupSteps >= 0, "warmup_steps must be ≥ 0, got " + warmupSteps);
        check(weightDecay >= 0, "weight_decay must be ≥ 0, got " + weightDecay);
        check(maxGradNorm >= 0, "max_grad_norm must be ≥ 0, got " + maxGradNorm);
        check(evalTemperature.orElse(0) >= 0, "eval_temperature must be ≥ 0, got " + evalTemperature.orElse(0));
        check(
                goldReward.isEmpty() || data.evaluates(),
                "gold_reward is measured on held-out prompts: give data.eval or data.eval_count");
        check(
                goldReward.isPresent() || keepBest == KeepBest.REWARD,
                "keep_best: gold_reward needs a gold_reward, such as {type: gold}");
        check(keep >= 1, "keep must be ≥ 1, got " + keep);
        check(evalEvery >= 0 && saveEvery >= 0 && sampleEvery >= 0, "eval_every, save_every and sample_every: ≥ 0");
        check(
                evalEvery == 0 || data.evaluates(),
                "eval_every needs prompts to evaluate on: data.eval or data.eval_count");
        check(
                reference.isEmpty() || loss.beta() > 0,
                "reference: with loss.beta 0 no reference is needed; drop it, or give beta");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /// The defaults that `align4j init ppo` shows.
    public static PpoConfig defaults(Path model, TaskDataConfig data, List<RewardRule> rewards) {
        return new PpoConfig(
                model,
                Optional.empty(),
                Optional.empty(),
                false,
                Path.of("runs/ppo"),
                data,
                rewards,
                List.of(),
                Rewards.OnFailure.FAIL,
                Optional.empty(),
                new RolloutConfig(64, 1, 256, 1, List.of(), 64, false, 0),
                PpoLossConfig.defaults(),
                Optional.empty(),
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                100,
                4,
                1,
                4096,
                "adamw",
                Map.of(),
                3e-6,
                OptionalDouble.empty(),
                "constant",
                0,
                Map.of(),
                0,
                1,
                false,
                0,
                OptionalDouble.empty(),
                0,
                2,
                KeepBest.REWARD,
                0);
    }

    Learner.Settings policy() {
        return new Learner.Settings(model, device, precision, lora, shared ? Heads.BOTH : Heads.LANGUAGE, seed);
    }

    /// A value model of its own; its first values are other ones than the policy's.
    Learner.Settings values() {
        return new Learner.Settings(valueModel.orElse(model), device, precision, lora, Heads.SCALAR, seed + 1);
    }

    /// What computes the rewards; models among them belong to the scope that is open.
    PolicyRewards rewardFunctions() {
        return PolicyRewards.of(rewards, mix(), goldReward, onRewardFailure, precision.dtype(), Device.parse(device));
    }

    /// Every file that is read.
    List<Path> files() {
        List<Path> files = new ArrayList<>(data.files());
        ptx.ifPresent(examples -> files.addAll(examples.data().files()));
        return files;
    }

    /// Optimiser steps of an iteration.
    int updates() {
        return epochs * minibatches;
    }

    long totalSteps() {
        return (long) iterations * updates();
    }

    RewardMix mix() {
        return new RewardMix(
                rewardWeights.isEmpty() ? rewards.stream().map(rule -> 1.0).toList() : rewardWeights, false);
    }

    /// The prompts.
    TaskData tasks(LoadedModel policy) {
        return TaskData.load(
                data,
                seed,
                policy,
                PolicyRewards.columns(rewards, Optional.empty()),
                PolicyRewards.columns(rewards, goldReward),
                rollout.maxNewTokens());
    }

    /// The answers that the policy is evaluated by.
    HeldOutAnswers heldOut(TaskData tasks, LoadedModel policy, PolicyRewards worth, Optional<FrozenReference> frozen) {
        return new HeldOutAnswers(
                tasks.evaluation(),
                policy,
                rollout,
                HeldOutAnswers.temperature(evalTemperature, goldReward.isPresent(), rollout),
                worth,
                keepBest,
                frozen,
                maxTokens,
                seed);
    }

    TrainingLoop.Plan plan() {
        return new TrainingLoop.Plan(totalSteps(), data.evaluates(), evalEvery, 0, saveEvery, keep, sampleEvery);
    }

    OptimizerConfig namedOptimizer() {
        return OptimizerConfig.named(optimizer, optimizerOptions);
    }

    LrSchedule namedSchedule(double highest) {
        return LrSchedule.named(schedule, highest, warmupSteps, totalSteps(), scheduleOptions);
    }

    Optimization optimization(Parameters parameters, double highest) {
        return new Optimization(parameters, namedOptimizer(), weightDecay, namedSchedule(highest), maxGradNorm);
    }
}
