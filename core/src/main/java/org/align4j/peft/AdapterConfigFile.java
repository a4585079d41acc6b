package org.align4j.peft;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.align4j.checkpoint.AtomicFile;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes `adapter_config.json`.
public final class AdapterConfigFile {
    /// The file's name in an adapter's directory.
    public static final String NAME = "adapter_config.json";

    private static final JsonMapper JSON = JsonMapper.shared();

    private AdapterConfigFile() {}

    /// Reads a configuration.
    ///
    /// @throws AlignException.Checkpoint for a file that is missing or damaged, and for values that
    ///     are wrong or ask for what is not supported, all together
    public static AdapterConfig read(Path file) {
        JsonNode json;
        try {
            json = JSON.readTree(Files.readAllBytes(file));
        } catch (IOException | JacksonException e) {
            String reason = e instanceof JacksonException syntax ? syntax.getOriginalMessage() : "it cannot be read";
            throw new AlignException.Checkpoint(
                    "%s: %s; give the directory of a PEFT adapter".formatted(file, reason), e);
        }
        Problems problems = new Problems();
        if (!json.isObject()) {
            problems.add("the file is not a JSON object");
        }
        Optional<AdapterConfig> config =
                problems.isEmpty() ? new AdapterConfigReader((ObjectNode) json, problems).read() : Optional.empty();
        problems.throwIfAny(file + ": the adapter cannot be used:", AlignException.Checkpoint::new);
        return config.orElseThrow();
    }

    /// Replaces `file` atomically.
    public static void write(Path file, AdapterConfig config) {
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json(config));
        AtomicFile.replace(file, sink -> sink.write(MemorySegment.ofArray(json)));
    }

    /// PEFT's form of a configuration.
    static ObjectNode json(AdapterConfig config) {
        SequencedMap<String, JsonNode> keys = new LinkedHashMap<>(config.others());
        ObjectNode known = JSON.createObjectNode();
        known.put("peft_type", "LORA");
        known.put("task_type", config.taskType().orElse(null));
        known.put("base_model_name_or_path", config.baseModel().orElse(null));
        known.put("r", config.rank());
        known.set("lora_alpha", number(config.alpha()));
        known.put("lora_dropout", config.dropout());
        known.put("bias", "none");
        known.set("target_modules", selection(config.targets()));
        known.set(
                "exclude_modules",
                config.excluded().map(AdapterConfigFile::selection).orElse(JSON.nullNode()));
        known.put("use_rslora", config.rankStabilised());
        known.put("use_dora", config.dora());
        ObjectNode ranks = known.putObject("rank_pattern");
        config.rankPattern().forEach(ranks::put);
        ObjectNode alphas = known.putObject("alpha_pattern");
        config.alphaPattern().forEach((name, alpha) -> alphas.set(name, number(alpha)));
        known.set(
                "layers_to_transform",
                config.layers().<JsonNode>map(JSON::valueToTree).orElse(JSON.nullNode()));
        known.set("layers_pattern", listOrNull(config.layersPattern()));
        known.set("modules_to_save", listOrNull(config.modulesToSave()));
        known.put("fan_in_fan_out", config.fanInFanOut());
        known.set(
                "init_lora_weights",
                switch (config.initialisation()) {
                    case DEFAULT -> JSON.valueToTree(true);
                    case RANDOM -> JSON.valueToTree(false);
                    case GAUSSIAN -> JSON.valueToTree("gaussian");
                });
        // Loaded adapters are frozen in PEFT unless it is told otherwise.
        known.put("inference_mode", true);
        for (Map.Entry<String, JsonNode> property : known.properties()) {
            keys.put(property.getKey(), property.getValue());
        }
        ObjectNode all = JSON.createObjectNode();
        keys.forEach(all::set);
        return all;
    }

    /// PEFT writes whole numbers without a point.
    private static JsonNode number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? JSON.valueToTree((long) value)
                : JSON.valueToTree(value);
    }

    private static JsonNode selection(ModuleSelection selection) {
        return switch (selection) {
            case ModuleSelection.Named(List<String> names) -> list(names);
            case ModuleSelection.Matching matching ->
                JSON.valueToTree(matching.pattern().pattern());
            case ModuleSelection.AllLinear() -> JSON.valueToTree("all-linear");
        };
    }

    private static JsonNode listOrNull(List<String> names) {
        return names.isEmpty() ? JSON.nullNode() : list(names);
    }

    private static ArrayNode list(List<String> names) {
        ArrayNode array = JSON.createArrayNode();
        names.forEach(array::add);
        return array;
    }
}
