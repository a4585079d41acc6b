package org.align4j.train.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Unwrapped;
import org.align4j.error.AlignException;
import org.align4j.error.Require;
import org.align4j.model.Heads;
import org.align4j.rl.environment.EnvironmentRule;
import org.align4j.rl.reward.RewardRule;
import org.align4j.rl.reward.StepRule;
import org.align4j.tensor.Device;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.OptimizationConfig;
import org.align4j.train.PaceConfig;
import org.align4j.train.Precision;
import org.align4j.train.TrainingLoop;

/// Settings of a run that learns from rewards of groups of answers: GRPO and its relatives.
///
/// @param model the policy to begin with: a Hugging Face directory, a GGUF file or an earlier run
/// @param reference the policy that it is to stay near; empty: `model`
/// @param referenceEvery iterations after which the reference becomes the policy as it then is
///     (iterative GRPO); 0: never
/// @param output folder of the run
/// @param data the prompts
/// @param rewarding what answers are worth
/// @param normaliseRewards whether each reward is normalised within its groups before they are
///     added
/// @param process rewards of steps: process supervision; empty: none
/// @param processWeight of the advantages that come of them
/// @param environment that the policy talks with; empty: its answers are single turns
/// @param maxTurns of the policy in such a talk
/// @param rollout how answers are drawn
/// @param loss what is minimised
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains an adapter instead of all weights; switched off, the model is the reference
/// @param iteration how drawing and learning alternate
/// @param optimization how gradients change weights
/// @param lean recompute activations: slower, far smaller
/// @param logEntropy whether the entropy of each token's distribution is computed and logged
/// @param pace how often it is evaluated, saved and shown
/// @param heldOut how answers to held-out prompts are measured
public record GrpoConfig(
        Path model,
        Optional<Path> reference,
        int referenceEvery,
        Path output,
        TaskDataConfig data,
        @Unwrapped RewardsConfig rewarding,
        boolean normaliseRewards,
        Optional<StepRule> process,
        double processWeight,
        Optional<EnvironmentRule> environment,
        int maxTurns,
        RolloutConfig rollout,
        GrpoLossConfig loss,
        long seed,
        String device,
        Precision precision,
        Optional<LoraConfig> lora,
        @Unwrapped IterationConfig iteration,
        @Unwrapped OptimizationConfig optimization,
        boolean lean,
        boolean logEntropy,
        @Unwrapped PaceConfig pace,
        @Unwrapped HeldOutConfig heldOut) {
    public GrpoConfig {
        Require.that(
                rollout.groupSize() >= 2,
                "rollout.group_size must be ≥ 2: one answer has nothing to be compared with; got "
                        + rollout.groupSize());
        iteration.checkDivides(rollout.outputs(), "answers of an iteration");
        if (loss.imitates()) {
            iteration.checkDivides(rollout.prompts(), "prompts of an iteration, of which one answer each is learned");
        }
        Require.that(
                loss.variant() != GrpoLossConfig.Variant.BEST_OF_N || iteration.iterations() == 1,
                "loss.variant: best_of_n learns answers of the model it begins with, so iterations must be 1: name all"
                        + " prompts by rollout.prompts, or take expert_iteration");
        heldOut.checkPrompts(data);
        pace.checkEvaluations(data.evaluates(), "prompts to evaluate on: data.eval or data.eval_count");
        Require.that(
                environment.isEmpty() || process.isEmpty(),
                "process: steps of talks with an environment have no rewards; drop one of the two");
        Require.that(
                process.isEmpty() || !loss.imitates(),
                "process: what is imitated has no advantages of steps; drop it, or take another loss.variant");
        Require.that(
                process.isEmpty() || rollout.resample() == 0,
                "rollout.resample looks at the rewards of whole answers, and process rewards steps of equal ones too; drop"
                        + " one of the two");
        Require.that(
                !normaliseRewards || !(loss.leavesOneOut() || loss.imitates() || loss.inReward()),
                "normalise_rewards makes advantages of its own: it needs a loss.variant with groups' deviations, and"
                        + " loss.kl_in_reward: false");
        Require.that(
                environment.isEmpty() || data.chat().orElse(true),
                "environment: talks need the chat template; drop data.chat: false");
        Require.atLeast("max_turns", maxTurns, 1);
        Require.atLeast("reference_every", referenceEvery, 0);
        Require.that(
                referenceEvery == 0 || (loss.beta() > 0 && lora.isEmpty()),
                "reference_every renews a reference of its own: it needs loss.beta > 0 and no lora");
        Require.that(
                reference.isEmpty() || loss.beta() > 0,
                "reference: with loss.beta 0 no reference is needed; drop it, or give beta");
    }

    /// The defaults that `align4j init grpo` shows.
    public static GrpoConfig defaults(Path model, TaskDataConfig data, RewardsConfig rewarding) {
        return new GrpoConfig(
                model,
                Optional.empty(),
                0,
                Path.of("runs/grpo"),
                data,
                rewarding,
                false,
                Optional.empty(),
                1,
                Optional.empty(),
                4,
                RolloutConfig.defaults(),
                GrpoLossConfig.defaults(),
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                IterationConfig.of(1),
                OptimizationConfig.constant(1e-6),
                false,
                true,
                PaceConfig.atTheEnd(),
                HeldOutConfig.defaults());
    }

    Learner.Settings learner() {
        return new Learner.Settings(model, device, precision, lora, Heads.LANGUAGE, false, seed);
    }

    /// What computes the rewards; models among them belong to the scope that is open.
    PolicyRewards rewardFunctions() {
        return PolicyRewards.of(
                rewarding, normaliseRewards, process, heldOut.goldReward(), precision.dtype(), Device.parse(device));
    }

    /// How answers come about.
    ///
    /// @throws AlignException.Config for an environment that can't be, or is missing
    Play play() {
        if (environment.isEmpty() && rewarding.rewards().stream().anyMatch(RewardRule.Environment.class::isInstance)) {
            throw new AlignException.Config("rewards: {type: environment} is what an environment gives; give"
                    + " environment, such as {type: calculator}");
        }
        return environment
                .map(rule -> new Play(Optional.of(rule.environment()), maxTurns))
                .orElse(Play.ALONE);
    }

    /// Answers of an update. Of a group whose best is imitated all belong to one.
    Minibatches minibatchPlan() {
        return new Minibatches(
                rollout.outputs(), loss.imitates() ? rollout.groupSize() : 1, iteration.minibatches(), seed);
    }

    /// The prompts.
    TaskData tasks(LoadedModel policy, Play play) {
        if (play.environment().isPresent() && policy.template().isEmpty()) {
            throw new AlignException.Config("environment: talks need a chat template, and " + model
                    + " has none; put a chat_template.jinja into its directory");
        }
        List<String> needed = new ArrayList<>(PolicyRewards.columns(rewarding.rewards(), Optional.empty()));
        process.flatMap(StepRule::neededColumn).ifPresent(needed::add);
        return TaskData.load(
                data,
                seed,
                policy,
                needed,
                PolicyRewards.columns(rewarding.rewards(), heldOut.goldReward()),
                play.tools(),
                rollout.maxNewTokens());
    }

    TrainingLoop.Plan plan() {
        return new TrainingLoop.Plan(iteration.totalSteps(), data.evaluates(), pace);
    }
}
