package org.align4j.train.reward;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.loss.RewardLoss;
import org.align4j.loss.RewardLoss.BradleyTerry.Ties;
import org.align4j.model.Heads;
import org.align4j.nn.Parameters;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.Optimization;
import org.align4j.train.Precision;
import org.align4j.train.preference.PreferenceDataConfig;

/// Settings of a reward model's training.
///
/// @param model a Hugging Face directory, a GGUF file or an earlier run: best the SFT model
/// @param output folder of the run
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains an adapter and the head instead of all weights
/// @param loss what a labeler's word costs
/// @param centring coefficient of (r_i + r_j)², Eisenstein et al. 2023; TRL's
///     `center_rewards_coefficient`
/// @param languageModelling coefficient of the best outputs' next-token loss
/// @param demonstrations files of prompts and answers that shall score 0 on average; empty: the
///     preferred outputs of the training data
/// @param normaliseExamples demonstrations that this is computed with, from the start; 0: no shift
///     is computed
/// @param batchSize comparisons of a micro batch; 0: filled up to `maxTokens`
/// @param maxTokens tokens of a micro batch when `batchSize` is 0, and of evaluation's batches
/// @param gradientAccumulation micro batches of a step
/// @param epochs passes over the data; InstructGPT's found one best
/// @param maxSteps ends the run after so many steps; 0: `epochs` decide
/// @param optimizer adamw, adam, sgd, rmsprop, adafactor or lion
/// @param optimizerOptions its constants, such as `beta2`
/// @param learningRate the highest
/// @param schedule of the learning rate, named as in transformers
/// @param warmupSteps of the schedule
/// @param scheduleOptions its own settings, such as `num_cycles`
/// @param weightDecay of matrices
/// @param maxGradNorm gradients are scaled down to this norm; 0 for no clipping
/// @param lean recompute activations: slower, far smaller
/// @param evalEvery steps between evaluations; 0: before the first step and after the last only
/// @param patience evaluations without a better loss that end the run; 0: it is never ended early
/// @param saveEvery steps between checkpoints; 0: at the end only
/// @param keep checkpoints kept, beside the best
public record RewardConfig(
        Path model,
        Path output,
        PreferenceDataConfig data,
        long seed,
        String device,
        Precision precision,
        Optional<LoraConfig> lora,
        Loss loss,
        double centring,
        double languageModelling,
        List<String> demonstrations,
        int normaliseExamples,
        int batchSize,
        int maxTokens,
        int gradientAccumulation,
        int epochs,
        long maxSteps,
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
        int patience,
        int saveEvery,
        int keep) {
    public RewardConfig {
        demonstrations = List.copyOf(demonstrations);
        optimizerOptions = Map.copyOf(optimizerOptions);
        scheduleOptions = Map.copyOf(scheduleOptions);
        check(centring >= 0, "centring must be ≥ 0, got " + centring);
        check(languageModelling >= 0, "language_modelling must be ≥ 0, got " + languageModelling);
        check(normaliseExamples >= 0, "normalise_examples must be ≥ 0, got " + normaliseExamples);
        check(batchSize >= 0, "batch_size must be ≥ 0, got " + batchSize);
        check(maxTokens > 0, "max_tokens must be > 0, got " + maxTokens);
        check(gradientAccumulation >= 1, "gradient_accumulation must be ≥ 1, got " + gradientAccumulation);
        check(epochs >= 1, "epochs must be ≥ 1, got " + epochs);
        check(maxSteps >= 0, "max_steps must be ≥ 0, got " + maxSteps);
        check(learningRate >= 0, "learning_rate must be ≥ 0, got " + learningRate);
        check(warmupSteps >= 0, "warmup_steps must be ≥ 0, got " + warmupSteps);
        check(weightDecay >= 0, "weight_decay must be ≥ 0, got " + weightDecay);
        check(maxGradNorm >= 0, "max_grad_norm must be ≥ 0, got " + maxGradNorm);
        check(keep >= 1, "keep must be ≥ 1, got " + keep);
        check(evalEvery >= 0, "eval_every must be ≥ 0, got " + evalEvery);
        check(saveEvery >= 0, "save_every must be ≥ 0, got " + saveEvery);
        check(patience >= 0, "patience must be ≥ 0, got " + patience);
        check(patience == 0 || evalEvery > 0, "patience needs eval_every > 0");
        check(
                evalEvery == 0 || data.evaluates(),
                "eval_every needs comparisons to evaluate on: data.eval, data.eval_count or data.eval_fraction");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /// The defaults that `align4j init reward` shows.
    public static RewardConfig defaults(Path model, PreferenceDataConfig data) {
        return new RewardConfig(
                model,
                Path.of("runs/reward"),
                data,
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                Loss.defaults(),
                0,
                0,
                List.of(),
                256,
                4,
                4096,
                1,
                1,
                0,
                "adamw",
                Map.of(),
                2e-5,
                "linear",
                0,
                Map.of(),
                0,
                1,
                false,
                0,
                0,
                0,
                2);
    }

    /// What it says about the model.
    Learner.Settings learner() {
        Heads heads = languageModelling > 0 ? Heads.BOTH : Heads.SCALAR;
        return new Learner.Settings(model, device, precision, lora, heads, seed);
    }

    /// The optimiser's constants.
    OptimizerConfig namedOptimizer() {
        return OptimizerConfig.named(optimizer, optimizerOptions);
    }

    LrSchedule namedSchedule(long totalSteps) {
        return LrSchedule.named(schedule, learningRate, warmupSteps, totalSteps, scheduleOptions);
    }

    /// What changes `parameters` in a run of `totalSteps`.
    Optimization optimization(Parameters parameters, long totalSteps) {
        return new Optimization(parameters, namedOptimizer(), weightDecay, namedSchedule(totalSteps), maxGradNorm);
    }

    /// Which of the [RewardLoss] it is.
    ///
    /// @param type its name
    /// @param labelSmoothing of Bradley–Terry: share of labels thought to be wrong
    /// @param margins of Bradley–Terry: demand the data's margins
    /// @param ties of Bradley–Terry: `half` a win for each, or `drop`
    /// @param tieStrength Davidson's ν, or Rao and Kupper's θ
    public record Loss(Type type, double labelSmoothing, boolean margins, Ties ties, double tieStrength) {
        /// The losses by their names in a configuration.
        public enum Type {
            BRADLEY_TERRY,
            DAVIDSON,
            RAO_KUPPER,
            PLACKETT_LUCE,
            REGRESSION
        }

        public Loss {
            loss(type, labelSmoothing, margins, ties, tieStrength);
        }

        public static Loss defaults() {
            return new Loss(Type.BRADLEY_TERRY, 0, false, Ties.HALF, 2);
        }

        private static RewardLoss loss(
                Type type, double labelSmoothing, boolean margins, Ties ties, double tieStrength) {
            return switch (type) {
                case BRADLEY_TERRY -> new RewardLoss.BradleyTerry(labelSmoothing, margins, ties);
                case DAVIDSON -> new RewardLoss.Davidson(tieStrength);
                case RAO_KUPPER -> new RewardLoss.RaoKupper(tieStrength);
                case PLACKETT_LUCE -> new RewardLoss.PlackettLuce();
                case REGRESSION -> new RewardLoss.Regression();
            };
        }

        RewardLoss loss() {
            return loss(type, labelSmoothing, margins, ties, tieStrength);
        }
    }
}
