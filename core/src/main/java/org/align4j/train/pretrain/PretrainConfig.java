package org.align4j.train.pretrain;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.config.Unwrapped;
import org.align4j.error.Require;
import org.align4j.train.OptimizationConfig;
import org.align4j.train.PaceConfig;
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
/// @param optimization how gradients change weights
/// @param lean recompute activations: slower, far smaller
/// @param pace how often it is evaluated, saved and shown
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
        @Unwrapped OptimizationConfig optimization,
        boolean lean,
        @Unwrapped PaceConfig pace,
        List<String> prompts) {
    public PretrainConfig {
        model = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(model));
        prompts = List.copyOf(prompts);
        Require.atLeast("context", context, 2);
        Require.atLeast("batch_size", batchSize, 1);
        Require.atLeast("gradient_accumulation", gradientAccumulation, 1);
        Require.atLeast("epochs", epochs, 1);
        Require.atLeast("max_steps", maxSteps, 0);
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
                new OptimizationConfig(
                        "adamw",
                        Map.of("beta2", "0.95"),
                        1e-3,
                        "cosine_with_min_lr",
                        100,
                        Map.of("min_lr_rate", "0.1"),
                        0.1,
                        1),
                false,
                new PaceConfig(500, 0, 1000, 2, 0),
                List.of(""));
    }

    /// Windows of an optimiser step.
    int windows() {
        return batchSize * gradientAccumulation;
    }

    /// When what happens in a run of `totalSteps`.
    TrainingLoop.Plan plan(long totalSteps, boolean evaluates) {
        return new TrainingLoop.Plan(totalSteps, evaluates, pace);
    }
}
