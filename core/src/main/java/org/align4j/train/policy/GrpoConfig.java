package org.align4j.train.policy;

import java.nio.file.Path;
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

/// Settings of a run that learns from rewards of groups of answers: GRPO and its relatives.
///
/// @param model the policy to begin with: a Hugging Face directory, a GGUF file or an earlier run
/// @param reference the policy that it is to stay near; empty: `model`
/// @param output folder of the run
/// @param data the prompts
/// @param rewards what answers are worth
/// @param rewardWeights of the rewards, in their order; empty: all 1
/// @param normaliseRewards whether each reward is normalised within its groups before they are
///     added
/// @param onRewardFailure what happens when a reward can't be had
/// @param goldReward is measured on held-out prompts and never learned from; empty: none
/// @param rollout how answers are drawn
/// @param loss what is minimised
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains an adapter instead of all weights; switched off, the model is the reference
/// @param iterations rounds of drawing and learning
/// @param epochs passes over the answers of an iteration
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
/// @param logEntropy whether the entropy of each token's distribution is computed and logged
/// @param evalEvery optimiser steps between evaluations; 0: before the first and after the last
///     only
/// @param evalTemperature of the answers to held-out prompts, 0 for the best ones; empty: 0, but as
///     the rollouts' where there is a gold reward, since only drawn answers tell the KL
/// @param saveEvery optimiser steps between checkpoints; 0: only at the end
/// @param keep checkpoints kept, beside the best
/// @param keepBest which figure of held-out answers says which checkpoint is the best
/// @param sampleEvery optimiser steps between answers in `samples.jsonl`; 0: none
public record GrpoConfig(
        Path model,
        Optional<Path> reference,
        Path output,
        TaskDataConfig data,
        List<RewardRule> rewards,
        List<Double> rewardWeights,
        boolean normaliseRewards,
        Rewards.OnFailure onRewardFailure,
        Optional<RewardRule> goldReward,
        RolloutConfig rollout,
        GrpoLossConfig loss,
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
        boolean logEntropy,
        int evalEvery,
        OptionalDouble evalTemperature,
        int saveEvery,
        int keep,
        KeepBest keepBest,
        int sampleEvery) {
    public GrpoConfig {
        rewards = List.copyOf(rewards);
        rewardWeights = List.copyOf(rewardWeights);
        optimizerOptions = Map.copyOf(optimizerOptions);
        scheduleOptions = Map.copyOf(scheduleOptions);
        check(!rewards.isEmpty(), "rewards must name at least one, such as [{type: math}]");
        check(
                rewardWeights.isEmpty() || rewardWeights.size() == rewards.size(),
                "reward_weights has " + rewardWeights.size() + " numbers for " + rewards.size() + " rewards");
        check(iterations >= 1, "iterations must be ≥ 1, got " + iterations);
        check(epochs >= 1, "epochs must be ≥ 1, got " + epochs);
        check(minibatches >= 1, "minibatches must be ≥ 1, got " + minibatches);
        check(
                rollout.groupSize() >= 2,
                "rollout.group_size must be ≥ 2: one answer has nothing to be compared with; got "
                        + rollout.groupSize());
        check(
                rollout.outputs() % minibatches == 0,
                "minibatches: " + minibatches + " don't divide the " + rollout.outputs() + " answers of an iteration");
        check(
                !loss.imitates() || rollout.prompts() % minibatches == 0,
                "minibatches: " + minibatches + " don't divide the " + rollout.prompts()
                        + " prompts of an iteration, of which one answer each is learned");
        check(
                loss.variant() != GrpoLossConfig.Variant.BEST_OF_N || iterations == 1,
                "loss.variant: best_of_n learns answers of the model it begins with, so iterations must be 1: name all"
                        + " prompts by rollout.prompts, or take expert_iteration");
        check(maxTokens >= 1, "max_tokens must be ≥ 1, got " + maxTokens);
        check(learningRate >= 0, "learning_rate must be ≥ 0, got " + learningRate);
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

    /// The defaults that `align4j init grpo` shows.
    public static GrpoConfig defaults(Path model, TaskDataConfig data, List<RewardRule> rewards) {
        return new GrpoConfig(
                model,
                Optional.empty(),
                Path.of("runs/grpo"),
                data,
                rewards,
                List.of(),
                false,
                Rewards.OnFailure.FAIL,
                Optional.empty(),
                RolloutConfig.defaults(),
                GrpoLossConfig.defaults(),
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
                true,
                0,
                OptionalDouble.empty(),
                0,
                2,
                KeepBest.REWARD,
                0);
    }

    Learner.Settings learner() {
        return new Learner.Settings(model, device, precision, lora, Heads.LANGUAGE, seed);
    }

    /// What computes the rewards; models among them belong to the scope that is open.
    PolicyRewards rewardFunctions() {
        return PolicyRewards.of(rewards, mix(), goldReward, onRewardFailure, precision.dtype(), Device.parse(device));
    }

    /// Answers of an update. Of a group whose best is imitated all belong to one.
    Minibatches minibatchPlan() {
        return new Minibatches(rollout.outputs(), loss.imitates() ? rollout.groupSize() : 1, minibatches, seed);
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
                rewardWeights.isEmpty() ? rewards.stream().map(rule -> 1.0).toList() : rewardWeights, normaliseRewards);
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

    LrSchedule namedSchedule() {
        return LrSchedule.named(schedule, learningRate, warmupSteps, totalSteps(), scheduleOptions);
    }

    Optimization optimization(Parameters parameters) {
        return new Optimization(parameters, namedOptimizer(), weightDecay, namedSchedule(), maxGradNorm);
    }
}
