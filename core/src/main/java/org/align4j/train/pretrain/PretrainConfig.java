package org.align4j.train.pretrain;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.nn.Parameters;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.train.Optimization;
import org.align4j.train.Precision;
import org.align4j.train.TrainingLoop;

/// Settings of a pretraining run.
///
/// @param model keys of a `config.json`; what is left out is the tokenizer's or transformers'
///     default
/// @param tokenizer folder of the tokenizer
/// @param output folder of the run
/// @param data the text
/// @param context tokens of a window
/// @param acrossDocuments whether attention reaches from one document of a window into another
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param batchSize windows of a micro batch
/// @param gradientAccumulation micro batches of a step
/// @param epochs passes over the text
/// @param maxSteps ends the run after so many steps; 0: `epochs` decide
/// @param optimizer adamw, adam, sgd, rmsprop, adafactor or lion
/// @param optimizerOptions its constants, such as `beta2`
/// @param learningRate the highest
/// @param schedule of the learning rate, named as in transformers
/// @param warmupSteps of the schedule
/// @param scheduleOptions its own settings, such as `num_decay_steps`
/// @param weightDecay of matrices
/// @param maxGradNorm gradients are scaled down to this norm; 0 for no clipping
/// @param lean recompute activations: slower, far smaller
/// @param evalEvery steps between evaluations; 0: before the first step and after the last only
/// @param patience evaluations without a better loss that end the run; 0: it is never ended early
/// @param saveEvery steps between checkpoints; 0: at the end only
/// @param keep checkpoints kept, beside the best
/// @param sampleEvery steps between samples in `samples.jsonl`; 0 for none
/// @param prompts what samples go on from; an empty one begins a document
public record PretrainConfig(
        Map<String, Object> model,
        Path tokenizer,
        Path output,
        CorpusConfig data,
        int context,
        boolean acrossDocuments,
        long seed,
        String device,
        Precision precision,
        int batchSize,
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
        int sampleEvery,
        List<String> prompts) {
    public PretrainConfig {
        model = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(model));
        optimizerOptions = Map.copyOf(optimizerOptions);
        scheduleOptions = Map.copyOf(scheduleOptions);
        prompts = List.copyOf(prompts);
        atLeast("context", context, 2);
        atLeast("batch_size", batchSize, 1);
        atLeast("gradient_accumulation", gradientAccumulation, 1);
        atLeast("epochs", epochs, 1);
        atLeast("max_steps", (double) maxSteps, 0);
        atLeast("learning_rate", learningRate, 0);
        atLeast("warmup_steps", (double) warmupSteps, 0);
        atLeast("weight_decay", weightDecay, 0);
        atLeast("max_grad_norm", maxGradNorm, 0);
        atLeast("eval_every", evalEvery, 0);
        atLeast("patience", patience, 0);
        atLeast("save_every", saveEvery, 0);
        atLeast("keep", keep, 1);
        atLeast("sample_every", sampleEvery, 0);
        if (patience > 0 && evalEvery == 0) {
            throw new IllegalArgumentException("patience needs eval_every > 0");
        }
    }

    private static void atLeast(String key, double value, double least) {
        if (!(value >= least)) {
            throw new IllegalArgumentException(key + " must be ≥ " + number(least) + ", got " + number(value));
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    /// The defaults that `align4j init pretrain` shows.
    public static PretrainConfig defaults(Map<String, Object> model, Path tokenizer, CorpusConfig data) {
        return new PretrainConfig(
                model,
                tokenizer,
                Path.of("runs/pretrain"),
                data,
                512,
                false,
                42,
                "cpu",
                Precision.BF16,
                16,
                1,
                1,
                0,
                "adamw",
                Map.of("beta2", "0.95"),
                1e-3,
                "cosine_with_min_lr",
                100,
                Map.of("min_lr_rate", "0.1"),
                0.1,
                1,
                false,
                500,
                0,
                1000,
                2,
                0,
                List.of(""));
    }

    /// Windows of an optimiser step.
    int windows() {
        return batchSize * gradientAccumulation;
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

    /// When what happens in a run of `totalSteps`.
    TrainingLoop.Plan plan(long totalSteps, boolean evaluates) {
        return new TrainingLoop.Plan(totalSteps, evaluates, evalEvery, patience, saveEvery, keep, sampleEvery);
    }
}
