package org.align4j.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import org.align4j.tensor.DType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The JSON files of a model directory that is written.
final class HfConfigFiles {
    private static final JsonMapper JSON = JsonMapper.shared();

    private HfConfigFiles() {}

    /// @param moreEnds ids that end an answer beside those of the configuration
    static void write(Path folder, ModelConfig config, Set<Integer> moreEnds, DType type) throws IOException {
        write(folder.resolve("config.json"), HfConfig.withDtype(config, name(type)));
        write(folder.resolve("generation_config.json"), generation(config, moreEnds));
    }

    /// The type that `config.json` gives the weights; float32 where it gives none that we store.
    static DType storedType(ModelConfig config) {
        JsonNode source = config.source();
        JsonNode name = source.path(source.has("dtype") ? "dtype" : "torch_dtype");
        return switch (name.isString() ? name.stringValue() : "") {
            case "bfloat16" -> DType.BFLOAT16;
            case "float16" -> DType.FLOAT16;
            default -> DType.FLOAT32;
        };
    }

    private static String name(DType type) {
        return switch (type) {
            case FLOAT32 -> "float32";
            case BFLOAT16 -> "bfloat16";
            case FLOAT16 -> "float16";
            case FLOAT64, INT64, INT32, UINT8, BOOL ->
                throw new IllegalArgumentException("weights are stored as float32, float16 or bfloat16, not " + type);
        };
    }

    private static JsonNode generation(ModelConfig config, Set<Integer> moreEnds) {
        Set<Integer> ends = new LinkedHashSet<>(config.endTokens());
        ends.addAll(moreEnds);
        ObjectNode json = JSON.createObjectNode();
        config.beginToken().ifPresent(id -> json.put("bos_token_id", id));
        if (ends.size() == 1) {
            json.put("eos_token_id", ends.iterator().next());
        } else if (!ends.isEmpty()) {
            ends.forEach(json.putArray("eos_token_id")::add);
        }
        config.padToken().ifPresent(id -> json.put("pad_token_id", id));
        return json;
    }

    private static void write(Path file, JsonNode json) throws IOException {
        Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }
}
