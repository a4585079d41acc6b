package org.align4j.train.preference;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.config.Unwrapped;
import org.align4j.error.Require;
import org.align4j.loss.preference.Dpo;
import org.align4j.loss.preference.PlackettLuce;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.train.BatchConfig;
import org.align4j.train.LoraConfig;
import org.align4j.train.OptimizationConfig;
import org.align4j.train.PaceConfig;
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
/// @param batches what a step learns from, and when the run ends
/// @param optimization how gradients change weights
/// @param lean recompute activations: slower, far smaller
/// @param pace how often it is evaluated, saved and shown
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
        @Unwrapped BatchConfig batches,
        @Unwrapped OptimizationConfig optimization,
        boolean lean,
        @Unwrapped PaceConfig pace)
        implements PreferenceConfig {
    public DpoConfig {
        double alpha = ldAlpha.orElse(1);
        Require.that(alpha >= 0 && alpha <= 1, "ld_alpha must be in [0, 1], got " + alpha);
        Require.that(
                ldAlpha.isEmpty() || !(loss instanceof PlackettLuce),
                "ld_alpha compares the lengths of two answers: loss: plackett_luce is of whole rankings");
        Require.that(
                !wpo || loss.perPair(),
                "wpo weighs pairs, and this loss is of rankings or of whole batches; drop wpo or take another loss");
        pace.checkEvaluations(
                data.evaluates(), "comparisons to evaluate on: data.eval, data.eval_count or data.eval_fraction");
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
                BatchConfig.of(4),
                OptimizationConfig.linear(1e-6),
                false,
                PaceConfig.atTheEnd());
    }

    @Override
    public boolean usesReference() {
        return loss.usesReference();
    }
}
