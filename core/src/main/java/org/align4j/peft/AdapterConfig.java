package org.align4j.peft;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.align4j.error.AlignException;
import org.align4j.model.WeightLayout;
import tools.jackson.databind.JsonNode;

/// A LoRA, rsLoRA or DoRA configuration: PEFT's `adapter_config.json`. Read and written by
/// [AdapterConfigFile]; resolved against a base by [#targets].
///
/// @param baseModel `base_model_name_or_path`
/// @param rank `r`
/// @param alpha `lora_alpha`; the adapter is scaled by α/r
/// @param dropout `lora_dropout`, on the adapter's input while training
/// @param targets `target_modules`
/// @param excluded `exclude_modules`
/// @param rankStabilised `use_rslora`: scales by α/√r, Kalajdzievski 2023
/// @param dora `use_dora`, Liu et al. 2024
/// @param rankPattern ranks of modules whose path ends in a match of the key; the first one counts
/// @param alphaPattern the same for alpha
/// @param layers `layers_to_transform`; absent for all
/// @param layersPattern `layers_pattern`: what the list of layers is called; empty for any name
/// @param modulesToSave modules whose whole weights are trained and kept in the adapter
/// @param fanInFanOut whether the base stores its weights transposed (GPT-2); A and B do not
/// @param initialisation `init_lora_weights`
/// @param taskType `task_type`
/// @param others keys that change nothing here, kept for writing
public record AdapterConfig(
        Optional<String> baseModel,
        int rank,
        double alpha,
        double dropout,
        ModuleSelection targets,
        Optional<ModuleSelection> excluded,
        boolean rankStabilised,
        boolean dora,
        SequencedMap<String, Integer> rankPattern,
        SequencedMap<String, Double> alphaPattern,
        Optional<List<Integer>> layers,
        List<String> layersPattern,
        List<String> modulesToSave,
        boolean fanInFanOut,
        Initialisation initialisation,
        Optional<String> taskType,
        SequencedMap<String, JsonNode> others) {
    public AdapterConfig {
        rankPattern = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(alphaPattern));
        layers = layers.map(List::copyOf);
        layersPattern = List.copyOf(layersPattern);
        modulesToSave = List.copyOf(modulesToSave);
        others = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(others));
        if (rank < 1 || !(alpha > 0) || !(dropout >= 0 && dropout < 1)) {
            throw new AlignException.Config(
                    "lora: rank %d, alpha %s, dropout %s; give a rank of at least 1, a positive alpha, a dropout in 0 … 1"
                            .formatted(rank, alpha, dropout));
        }
        if (layers.isPresent() && !(targets instanceof ModuleSelection.Named)) {
            throw new AlignException.Config("lora: layers_to_transform goes with a list of target_modules only;"
                    + " name the modules, or give a pattern that has the layers in it");
        }
    }

    /// How A and B begin; see [AdapterStart].
    public enum Initialisation {
        /// A uniform, B zero (`true`).
        DEFAULT,
        /// A normal with deviation 1/r, B zero (`"gaussian"`).
        GAUSSIAN,
        /// A and B uniform (`false`); the model is another one from the start.
        RANDOM
    }

    /// A new adapter for a causal language model.
    ///
    /// @param baseModel name or path of the base, written into the adapter's configuration
    public static AdapterConfig create(
            String baseModel,
            int rank,
            double alpha,
            double dropout,
            ModuleSelection targets,
            boolean rankStabilised,
            boolean dora,
            boolean fanInFanOut) {
        return new AdapterConfig(
                Optional.of(baseModel),
                rank,
                alpha,
                dropout,
                targets,
                Optional.empty(),
                rankStabilised,
                dora,
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                Optional.empty(),
                List.of(),
                List.of(),
                fanInFanOut,
                Initialisation.DEFAULT,
                Optional.of("CAUSAL_LM"),
                new LinkedHashMap<>());
    }

    /// The same for a reward model: PEFT's task of sequence classification, whose scalar head is
    /// trained whole.
    public AdapterConfig forScoring() {
        return new AdapterConfig(
                baseModel,
                rank,
                alpha,
                dropout,
                targets,
                excluded,
                rankStabilised,
                dora,
                rankPattern,
                alphaPattern,
                layers,
                layersPattern,
                List.of(WeightLayout.SCORE),
                fanInFanOut,
                initialisation,
                Optional.of("SEQ_CLS"),
                others);
    }

    /// Whether it is an adapter of a reward model.
    public boolean isScoring() {
        return taskType.equals(Optional.of("SEQ_CLS"));
    }

    /// The same for a base that stores its weights transposed, or not.
    public AdapterConfig withFanInFanOut(boolean transposed) {
        return new AdapterConfig(
                baseModel,
                rank,
                alpha,
                dropout,
                targets,
                excluded,
                rankStabilised,
                dora,
                rankPattern,
                alphaPattern,
                layers,
                layersPattern,
                modulesToSave,
                transposed,
                initialisation,
                taskType,
                others);
    }

    /// The modules of `base` that have an adapter, in the model's order.
    ///
    /// @throws AlignException.Config if there are none
    public List<AdapterTarget> targets(BaseShapes base) {
        return TargetResolution.targets(this, base);
    }

    /// Names in `target_modules` that mean no linear module of `base`: likely slips in a new
    /// adapter's configuration, harmless in a file.
    public List<String> unmatched(BaseShapes base) {
        if (!(targets instanceof ModuleSelection.Named(List<String> names))) {
            return List.of();
        }
        return names.stream()
                .filter(name -> base.linears().keySet().stream()
                        .noneMatch(module -> ModuleSelection.Named.covers(name, module)))
                .toList();
    }

    /// The rank of a module, by `rank_pattern`.
    int rankOf(String module) {
        return TargetResolution.byPattern(rankPattern, module).orElse(rank);
    }

    /// α of a module, by `alpha_pattern`.
    double alphaOf(String module) {
        return TargetResolution.byPattern(alphaPattern, module).orElse(alpha);
    }

    /// Whether `module` is, or is within, one whose whole weights are kept.
    boolean saves(String module) {
        return modulesToSave.stream().anyMatch(name -> within(name, module));
    }

    static boolean within(String name, String module) {
        return ("." + module + ".").contains("." + name + ".");
    }
}
