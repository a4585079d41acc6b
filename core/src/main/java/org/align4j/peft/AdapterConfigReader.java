package org.align4j.peft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.peft.AdapterConfig.Initialisation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes PEFT's JSON apart and notes every fault. PEFT writes a key for each of its methods:
/// those that are unset are kept, those that are set and unknown here are faults.
final class AdapterConfigReader {
    /// Keys that say nothing of the adapter's arithmetic, whatever they hold.
    private static final Set<String> HARMLESS = Set.of(
            "auto_mapping",
            "corda_config",
            "eva_config",
            "inference_mode",
            "loftq_config",
            "lora_ga_config",
            "megatron_core",
            "peft_version",
            "qalora_group_size",
            "revision",
            "runtime_config");

    private final ObjectNode json;
    private final Problems problems;
    private final SequencedMap<String, JsonNode> rest = new LinkedHashMap<>();

    AdapterConfigReader(ObjectNode json, Problems problems) {
        this.json = json;
        this.problems = problems;
        json.properties().forEach(property -> rest.put(property.getKey(), property.getValue()));
    }

    /// The configuration; empty when a fault was noted.
    Optional<AdapterConfig> read() {
        String type = text("peft_type").orElse("missing");
        if (!type.equals("LORA")) {
            problems.add("peft_type: is " + type + "; only LORA adapters are supported");
        }
        String bias = text("bias").orElse("none");
        if (!bias.equals("none")) {
            problems.add("bias: " + bias + " is not supported; merge the adapter in PEFT");
        }
        Optional<String> baseModel = text("base_model_name_or_path");
        Optional<String> taskType = text("task_type");
        int rank = (int) number("r", 8, v -> v >= 1 && v == Math.rint(v), "a whole number of at least 1");
        double alpha = number("lora_alpha", 8, v -> v > 0, "a positive number");
        double dropout = number("lora_dropout", 0, v -> v >= 0 && v < 1, "a number from 0 to below 1");
        Optional<ModuleSelection> targets = selection("target_modules");
        if (targets.isEmpty()) {
            problems.add("target_modules: missing; list the modules, or write \"all-linear\"");
        }
        Optional<ModuleSelection> excluded = selection("exclude_modules");
        boolean rankStabilised = flag("use_rslora");
        boolean dora = flag("use_dora");
        boolean fanInFanOut = flag("fan_in_fan_out");
        SequencedMap<String, Integer> ranks = new LinkedHashMap<>();
        pattern("rank_pattern", v -> v >= 1 && v == Math.rint(v)).forEach((name, v) -> ranks.put(name, v.intValue()));
        SequencedMap<String, Double> alphas = pattern("alpha_pattern", v -> v > 0);
        Optional<List<Integer>> layers = layers();
        List<String> layersPattern = names("layers_pattern");
        List<String> modulesToSave = names("modules_to_save");
        Initialisation initialisation = initialisation();
        rest.forEach((name, value) -> {
            if (!HARMLESS.contains(name) && isSet(value)) {
                problems.add(name + ": " + value + " is not supported; merge the adapter in PEFT");
            }
        });
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AdapterConfig(
                    baseModel,
                    rank,
                    alpha,
                    dropout,
                    targets.orElseThrow(),
                    excluded,
                    rankStabilised,
                    dora,
                    ranks,
                    alphas,
                    layers,
                    layersPattern,
                    modulesToSave,
                    fanInFanOut,
                    initialisation,
                    taskType,
                    rest));
        } catch (AlignException.Config e) {
            problems.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static boolean isSet(JsonNode value) {
        boolean unset = value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isContainer() && value.isEmpty());
        return !unset;
    }

    /// Takes a key out of the rest; empty where it is absent or null.
    private Optional<JsonNode> take(String name) {
        rest.remove(name);
        return json.optional(name).filter(value -> !value.isNull());
    }

    private Optional<String> text(String name) {
        Optional<JsonNode> value = take(name);
        if (value.isPresent() && !value.get().isString()) {
            problems.add(name + ": " + value.get() + " is not a string");
            return Optional.empty();
        }
        return value.map(JsonNode::stringValue);
    }

    private boolean flag(String name) {
        Optional<JsonNode> value = take(name);
        if (value.isPresent() && !value.get().isBoolean()) {
            problems.add(name + ": " + value.get() + " is neither true nor false");
            return false;
        }
        return value.isPresent() && value.get().booleanValue();
    }

    private double number(String name, double fallback, Predicate<Double> valid, String expected) {
        Optional<JsonNode> value = take(name);
        if (value.isPresent()
                && !(value.get().isNumber() && valid.test(value.get().doubleValue()))) {
            problems.add(name + ": " + value.get() + " is not " + expected);
            return fallback;
        }
        return value.map(JsonNode::doubleValue).orElse(fallback);
    }

    private Optional<ModuleSelection> selection(String name) {
        Optional<JsonNode> value = json.optional(name).filter(JsonNode::isString);
        if (value.isEmpty()) {
            List<String> names = names(name);
            return names.isEmpty() ? Optional.empty() : Optional.of(new ModuleSelection.Named(names));
        }
        rest.remove(name);
        String text = value.get().stringValue();
        // PEFT reads the word so for targets only.
        if (name.equals("target_modules") && text.equalsIgnoreCase("all-linear")) {
            return Optional.of(new ModuleSelection.AllLinear());
        }
        return compile(name, text).map(ModuleSelection.Matching::new);
    }

    private Optional<Pattern> compile(String name, String regex) {
        try {
            return Optional.of(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            problems.add(name + ": " + regex + " is no regular expression: " + e.getDescription());
            return Optional.empty();
        }
    }

    /// A list of names; a single one counts as a list.
    private List<String> names(String name) {
        Optional<JsonNode> value = take(name);
        List<String> names = new ArrayList<>();
        if (value.isPresent() && value.get().isString()) {
            names.add(value.get().stringValue());
        } else if (value.isPresent()) {
            for (JsonNode item : value.get()) {
                if (item.isString()) {
                    names.add(item.stringValue());
                }
            }
            if (!value.get().isArray() || names.size() < value.get().size()) {
                problems.add(name + ": " + value.get() + " is not a list of names");
            }
        }
        return names;
    }

    private SequencedMap<String, Double> pattern(String name, Predicate<Double> valid) {
        SequencedMap<String, Double> values = new LinkedHashMap<>();
        Optional<JsonNode> value = take(name);
        if (value.isPresent() && !value.get().isObject()) {
            problems.add(name + ": " + value.get() + " is not an object of names and numbers");
        } else if (value.isPresent()) {
            for (Map.Entry<String, JsonNode> entry : value.get().properties()) {
                JsonNode number = entry.getValue();
                if (number.isNumber() && valid.test(number.doubleValue())) {
                    compile(name, entry.getKey()).ifPresent(regex -> values.put(entry.getKey(), number.doubleValue()));
                } else {
                    problems.add(name + "." + entry.getKey() + ": " + number + " is not a fitting number");
                }
            }
        }
        return values;
    }

    private Optional<List<Integer>> layers() {
        Optional<JsonNode> value = take("layers_to_transform");
        if (value.isEmpty() || (value.get().isArray() && value.get().isEmpty())) {
            return Optional.empty();
        }
        List<Integer> layers = new ArrayList<>();
        for (JsonNode layer : value.get().isArray() ? value.get() : List.of(value.get())) {
            if (layer.isIntegralNumber()) {
                layers.add(layer.intValue());
            } else {
                problems.add("layers_to_transform: " + layer + " is not the number of a layer");
            }
        }
        return Optional.of(layers);
    }

    private Initialisation initialisation() {
        Optional<JsonNode> value = take("init_lora_weights");
        if (value.isEmpty() || value.get().isBoolean()) {
            return value.isEmpty() || value.get().booleanValue() ? Initialisation.DEFAULT : Initialisation.RANDOM;
        }
        String name = value.get().asString("");
        if (!name.equals("gaussian")) {
            // PiSSA, OLoRA and others take a part off the base: A and B alone don't tell the model.
            problems.add(
                    "init_lora_weights: " + value.get() + " may change the base's weights, which the adapter's file"
                            + " lacks; convert it to plain LoRA in PEFT (path_initial_model_for_weight_conversion)");
        }
        return Initialisation.GAUSSIAN;
    }
}
