package org.align4j.train.sft;

import java.nio.file.Path;
import java.util.Optional;
import org.align4j.config.Unwrapped;
import org.align4j.error.Require;
import org.align4j.model.Heads;
import org.align4j.train.BatchConfig;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.OptimizationConfig;
import org.align4j.train.PaceConfig;
import org.align4j.train.Precision;

/// Settings of a supervised fine-tuning run.
///
/// @param model a Hugging Face directory, a GGUF file or an earlier run
/// @param output folder of the run
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains an adapter instead of all weights
/// @param distill learns from a teacher's token probabilities, too
/// @param batches what a step learns from, and when the run ends
/// @param optimization how gradients change weights
/// @param labelSmoothing ε of Szegedy et al. 2016
/// @param neftuneAlpha noise on the embeddings, Jain et al. 2023
/// @param lean recompute activations: slower, far smaller
/// @param pace how often it is evaluated, saved and shown
public record SftConfig(
        Path model,
        Path output,
        DataConfig data,
        long seed,
        String device,
        Precision precision,
        Optional<LoraConfig> lora,
        Optional<DistillConfig> distill,
        @Unwrapped BatchConfig batches,
        @Unwrapped OptimizationConfig optimization,
        double labelSmoothing,
        double neftuneAlpha,
        boolean lean,
        @Unwrapped PaceConfig pace) {
    public SftConfig {
        Require.that(
                labelSmoothing >= 0 && labelSmoothing < 1, "label_smoothing must be in [0, 1), got " + labelSmoothing);
        Require.that(
                distill.isEmpty() || labelSmoothing == 0,
                "label_smoothing must be 0 with distill: the teacher's probabilities are softer targets already");
        Require.atLeast("neftune_alpha", neftuneAlpha, 0);
        pace.checkEvaluations(
                data.evaluates(), "examples to evaluate on: data.eval, data.eval_count or data.eval_fraction");
    }

    /// The defaults that `align4j init sft` shows.
    public static SftConfig defaults(Path model, DataConfig data) {
        return new SftConfig(
                model,
                Path.of("runs/sft"),
                data,
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                Optional.empty(),
                BatchConfig.of(8),
                OptimizationConfig.linear(2e-5),
                0,
                0,
                false,
                PaceConfig.atTheEnd());
    }

    /// What it says about the model.
    Learner.Settings learner() {
        return new Learner.Settings(model, device, precision, lora, Heads.LANGUAGE, false, seed);
    }
}
