package org.align4j.train.preference;

import java.nio.file.Path;
import java.util.Optional;
import org.align4j.config.Unwrapped;
import org.align4j.error.Require;
import org.align4j.loss.preference.UnpairedLoss;
import org.align4j.train.BatchConfig;
import org.align4j.train.LoraConfig;
import org.align4j.train.OptimizationConfig;
import org.align4j.train.PaceConfig;
import org.align4j.train.Precision;

/// Settings of a run that learns from single answers that are good or bad: KTO and its family.
///
/// @param model a Hugging Face directory, a GGUF file or an earlier run
/// @param output folder of the run
/// @param data which comparisons
/// @param loss of the answers
/// @param desirableWeight what a good answer's loss counts
/// @param undesirableWeight what a bad answer's loss counts
/// @param reference where the reference's log-probabilities come from
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains an adapter instead of all weights
/// @param batches what a step learns from, and when the run ends
/// @param optimization how gradients change weights
/// @param lean recompute activations: slower, far smaller
/// @param pace how often it is evaluated, saved and shown
public record KtoConfig(
        Path model,
        Path output,
        PreferenceDataConfig data,
        UnpairedLoss loss,
        double desirableWeight,
        double undesirableWeight,
        ReferenceConfig reference,
        long seed,
        String device,
        Precision precision,
        Optional<LoraConfig> lora,
        @Unwrapped BatchConfig batches,
        @Unwrapped OptimizationConfig optimization,
        boolean lean,
        @Unwrapped PaceConfig pace)
        implements PreferenceConfig {
    public KtoConfig {
        Require.that(desirableWeight > 0, "desirable_weight must be > 0, got " + desirableWeight);
        Require.that(undesirableWeight > 0, "undesirable_weight must be > 0, got " + undesirableWeight);
        Require.that(
                batches.batchSize() != 1 || !(loss instanceof UnpairedLoss.Kto),
                "batch_size must be ≥ 2 for kto: its KL estimate is a mean over a micro batch");
        pace.checkEvaluations(
                data.evaluates(), "comparisons to evaluate on: data.eval, data.eval_count or data.eval_fraction");
    }

    /// The defaults that `align4j init kto` shows.
    public static KtoConfig defaults(Path model, PreferenceDataConfig data) {
        return new KtoConfig(
                model,
                Path.of("runs/kto"),
                data,
                new UnpairedLoss.Kto(0.1),
                1,
                1,
                ReferenceConfig.defaults(),
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                BatchConfig.of(8),
                OptimizationConfig.linear(1e-6),
                false,
                PaceConfig.atTheEnd());
    }

    @Override
    public boolean usesReference() {
        return true;
    }
}
