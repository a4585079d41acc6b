package org.align4j.train.preference;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.loss.preference.Dpo;
import org.align4j.loss.preference.PlackettLuce;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.model.Heads;
import org.align4j.nn.Parameters;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.run.Interruption;
import org.align4j.run.RunListener;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.Optimization;
import org.align4j.train.Precision;

/// Settings of a run that learns from pairs or rankings: DPO and its family.
///
/// @param model a Hugging Face directory, a GGUF file or an earlier run
/// @param output folder of the run
/// @param data which comparisons
/// @param loss of the pairs
/// @param reference where the reference's log-probabilities come from, for losses that look at them
/// @param ldAlpha how much the part of an answer counts that goes beyond the other one (LD-DPO);
///     empty: all the same
/// @param wpo whether pairs count by how likely the policy was to sample them (WPO)
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains an adapter instead of all weights
/// @param batchSize comparisons of a micro batch; 0: filled up to `maxTokens`
/// @param maxTokens tokens of a micro batch when `batchSize` is 0, and of one without a way back
/// @param gradientAccumulation micro batches of a step
/// @param epochs passes over the data
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
/// @param evalEvery steps between evaluations; 0: before the first step and after the last only. A
///     new best one is saved at once
/// @param patience evaluations without a better loss that end the run; 0: it is never ended early
/// @param saveEvery steps between checkpoints; 0: at the end only
/// @param keep checkpoints kept, beside the best
/// @param sampleEvery steps between answers to a few prompts of the data, in `samples.jsonl`; 0 for
///     none
public record DpoConfig(
        Path model,
        Path output,
        PreferenceDataConfig data,
        PreferenceLoss loss,
        ReferenceConfig reference,
        OptionalDouble ldAlpha,
        boolean wpo,
        long seed,
        String device,
        Precision precision,
        Optional<LoraConfig> lora,
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
        int keep,
        int sampleEvery) {
    public DpoConfig {
        optimizerOptions = Map.copyOf(optimizerOptions);
        scheduleOptions = Map.copyOf(scheduleOptions);
        double alpha = ldAlpha.orElse(1);
        check(alpha >= 0 && alpha <= 1, "ld_alpha must be in [0, 1], got " + alpha);
        check(
                !(wpo && loss instanceof PlackettLuce),
                "wpo weighs pairs and cannot weigh the rankings of loss: plackett_luce");
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
        check(sampleEvery >= 0, "sample_every must be ≥ 0, got " + sampleEvery);
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

    /// The defaults that `align4j init dpo` shows.
    public static DpoConfig defaults(Path model, PreferenceDataConfig data) {
        return new DpoConfig(
                model,
                Path.of("runs/dpo"),
                data,
                Dpo.of(0.1),
                ReferenceConfig.defaults(),
                OptionalDouble.empty(),
                false,
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                4,
                4096,
                1,
                1,
                0,
                "adamw",
                Map.of(),
                1e-6,
                "linear",
                0,
                Map.of(),
                0,
                1,
                false,
                0,
                0,
                0,
                2,
                0);
    }

    /// What it says about the model.
    Learner.Settings learner() {
        return new Learner.Settings(model, device, precision, lora, Heads.LANGUAGE, seed);
    }

    ReferencePass referencePass(RunListener listener, Interruption interruption) {
        return new ReferencePass(reference, learner(), maxTokens, listener, interruption);
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
}
