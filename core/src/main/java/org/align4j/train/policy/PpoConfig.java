package org.align4j.train.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Unwrapped;
import org.align4j.error.Require;
import org.align4j.model.Heads;
import org.align4j.tensor.Device;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.OptimizationConfig;
import org.align4j.train.PaceConfig;
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
/// @param rewarding what answers are worth
/// @param rollout how answers are drawn
/// @param loss what is minimised
/// @param ptx examples that are mixed in; empty: none
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains adapters instead of all weights, of policy and value model
/// @param iteration how drawing and learning alternate
/// @param optimization how gradients change weights
/// @param valueLearningRate of the value model; empty: as the policy's
/// @param lean recompute activations: slower, far smaller
/// @param pace how often it is evaluated, saved and shown
/// @param heldOut how answers to held-out prompts are measured
public record PpoConfig(
        Path model,
        Optional<Path> reference,
        Optional<Path> valueModel,
        boolean shared,
        Path output,
        TaskDataConfig data,
        @Unwrapped RewardsConfig rewarding,
        RolloutConfig rollout,
        PpoLossConfig loss,
        Optional<PtxConfig> ptx,
        long seed,
        String device,
        Precision precision,
        Optional<LoraConfig> lora,
        @Unwrapped IterationConfig iteration,
        @Unwrapped OptimizationConfig optimization,
        OptionalDouble valueLearningRate,
        boolean lean,
        @Unwrapped PaceConfig pace,
        @Unwrapped HeldOutConfig heldOut) {
    public PpoConfig {
        Require.that(
                !shared || lora.isPresent(),
                "shared: needs lora, such as {rank: 16, alpha: 32}: without its adapter the"
                        + " model is the reference");
        Require.that(!shared || valueModel.isEmpty(), "shared: the values are a head on the policy; drop value_model");
        Require.that(
                !shared || reference.isEmpty(),
                "shared: the policy without its adapter is the reference; drop reference");
        rewarding.checkWithoutEnvironment();
        iteration.checkDivides(rollout.outputs(), "answers of an iteration");
        Require.that(
                // an iteration changes beta by 0.2 · answers / horizon of it at most
                loss.klTarget().isEmpty() || 5 * loss.klHorizon() > rollout.outputs(),
                "loss.kl_horizon must be more than a fifth of the answers of an iteration, rollout.prompts ×"
                        + " rollout.group_size, or one iteration could make beta 0 for good; got " + loss.klHorizon()
                        + " for " + rollout.outputs());
        Require.atLeast("value_learning_rate", valueLearningRate.orElse(0), 0);
        heldOut.checkPrompts(data);
        pace.checkEvaluations(data.evaluates(), "prompts to evaluate on: data.eval or data.eval_count");
        Require.that(
                reference.isEmpty() || loss.beta() > 0,
                "reference: with loss.beta 0 no reference is needed; drop it, or give beta");
    }

    /// The defaults that `align4j init ppo` shows.
    public static PpoConfig defaults(Path model, TaskDataConfig data, RewardsConfig rewarding) {
        return new PpoConfig(
                model,
                Optional.empty(),
                Optional.empty(),
                false,
                Path.of("runs/ppo"),
                data,
                rewarding,
                new RolloutConfig(64, 1, 256, 1, List.of(), 64, false, 0),
                PpoLossConfig.defaults(),
                Optional.empty(),
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                IterationConfig.of(4),
                OptimizationConfig.constant(3e-6),
                OptionalDouble.empty(),
                false,
                PaceConfig.atTheEnd(),
                HeldOutConfig.defaults());
    }

    Learner.Settings policy() {
        return new Learner.Settings(model, device, precision, lora, shared ? Heads.BOTH : Heads.LANGUAGE, false, seed);
    }

    /// A value model of its own; its first values are other ones than the policy's.
    Learner.Settings values() {
        return new Learner.Settings(valueModel.orElse(model), device, precision, lora, Heads.SCALAR, true, seed + 1);
    }

    /// How the value model's weights change.
    OptimizationConfig valueOptimization() {
        return valueLearningRate.isPresent()
                ? optimization.withLearningRate(valueLearningRate.getAsDouble())
                : optimization;
    }

    /// What computes the rewards; models among them belong to the scope that is open.
    PolicyRewards rewardFunctions() {
        return PolicyRewards.of(
                rewarding, false, Optional.empty(), heldOut.goldReward(), precision.dtype(), Device.parse(device));
    }

    /// Every file that is read.
    List<Path> files() {
        List<Path> files = new ArrayList<>(data.files());
        ptx.ifPresent(examples -> files.addAll(examples.data().files()));
        return files;
    }

    /// The prompts.
    TaskData tasks(LoadedModel policy) {
        return TaskData.load(
                data,
                seed,
                policy,
                PolicyRewards.columns(rewarding.rewards(), Optional.empty()),
                PolicyRewards.columns(rewarding.rewards(), heldOut.goldReward()),
                List.of(),
                rollout.maxNewTokens());
    }

    TrainingLoop.Plan plan() {
        return new TrainingLoop.Plan(iteration.totalSteps(), data.evaluates(), pace);
    }
}
