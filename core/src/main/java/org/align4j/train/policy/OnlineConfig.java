package org.align4j.train.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.align4j.config.Unwrapped;
import org.align4j.error.Require;
import org.align4j.loss.preference.Dpo;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.model.Heads;
import org.align4j.tensor.Device;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.OptimizationConfig;
import org.align4j.train.PaceConfig;
import org.align4j.train.Precision;
import org.align4j.train.TrainingLoop;

/// Settings of a run that learns from pairs of its own answers: online and iterative DPO, XPO.
///
/// @param model the policy to begin with: a Hugging Face directory, a GGUF file or an earlier run
/// @param reference what the policy is held near
/// @param output folder of the run
/// @param data the prompts
/// @param rewarding what answers are worth
/// @param rollout how answers are drawn
/// @param comparing how rewards become pairs
/// @param loss of the pairs
/// @param exploration α of XPO; 0: both answers are the policy's own
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains an adapter instead of all weights; switched off, the model is the reference
/// @param iteration how drawing and learning alternate
/// @param optimization how gradients change weights
/// @param lean recompute activations: slower, far smaller
/// @param pace how often it is evaluated, saved and shown
public record OnlineConfig(
        Path model,
        Reference reference,
        Path output,
        TaskDataConfig data,
        @Unwrapped RewardsConfig rewarding,
        RolloutConfig rollout,
        Comparing comparing,
        PreferenceLoss loss,
        double exploration,
        long seed,
        String device,
        Precision precision,
        Optional<LoraConfig> lora,
        @Unwrapped IterationConfig iteration,
        @Unwrapped OptimizationConfig optimization,
        boolean lean,
        @Unwrapped PaceConfig pace) {
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
        Require.that(
                rollout.groupSize() >= 2,
                "rollout.group_size must be ≥ 2: one answer has nothing to be compared with; got "
                        + rollout.groupSize());
        Require.that(!rollout.maskTruncated(), "rollout.mask_truncated: use comparing.missing_end_penalty");
        Require.atLeast("exploration", exploration, 0);
        Require.that(
                exploration == 0 || (rollout.groupSize() == 2 && rollout.resample() == 0),
                "exploration compares one answer of the policy with one of the reference: it needs"
                        + " rollout.group_size: 2 and rollout.resample: 0");
        Require.that(
                exploration == 0 || (loss.usesReference() && !reference.renewed()),
                "exploration needs a loss with a reference, and one that stays: reference.renewed: false");
        Require.that(
                !comparing.soft() || loss.perPair(),
                "comparing.soft weighs pairs, and this loss is of rankings or of whole batches; drop it or take another"
                        + " loss");
        rewarding.checkWithoutEnvironment();
        iteration.checkDivides(rollout.prompts(), "prompts of an iteration");
        pace.checkEvaluations(data.evaluates(), "prompts to evaluate on: data.eval or data.eval_count");
    }

    /// The defaults that `align4j init online` shows.
    public static OnlineConfig defaults(Path model, TaskDataConfig data, RewardsConfig rewarding) {
        return new OnlineConfig(
                model,
                Reference.defaults(),
                Path.of("runs/online"),
                data,
                rewarding,
                new RolloutConfig(32, 2, 256, 1, List.of(), 64, false, 0),
                Comparing.defaults(),
                Dpo.of(0.1),
                0,
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                IterationConfig.of(1),
                OptimizationConfig.constant(1e-6),
                false,
                PaceConfig.atTheEnd());
    }

    Learner.Settings learner() {
        return new Learner.Settings(model, device, precision, lora, Heads.LANGUAGE, false, seed);
    }

    /// What computes the rewards; models among them belong to the scope that is open.
    PolicyRewards rewardFunctions() {
        return PolicyRewards.of(
                rewarding, false, Optional.empty(), Optional.empty(), precision.dtype(), Device.parse(device));
    }

    /// Whether a reference is needed that isn't the policy that drew.
    boolean needsFrozenReference() {
        return loss.usesReference() && !reference.renewed();
    }

    /// Columns that the rewards compare answers with.
    List<String> neededColumns() {
        return PolicyRewards.columns(rewarding.rewards(), Optional.empty());
    }

    TrainingLoop.Plan plan() {
        return new TrainingLoop.Plan(iteration.totalSteps(), data.evaluates(), pace);
    }
}
