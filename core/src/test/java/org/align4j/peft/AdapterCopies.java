package org.align4j.peft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.align4j.checkpoint.RawTensor;
import org.align4j.checkpoint.Safetensors;
import org.align4j.checkpoint.TensorSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Writes an opened adapter again and compares the files.
final class AdapterCopies {
    private static final JsonMapper JSON = JsonMapper.shared();

    /// What PEFT's newer keys mean where an older file lacks them.
    private static final Map<String, JsonNode> DEFAULTS = Map.of(
            "use_rslora", JSON.valueToTree(false),
            "use_dora", JSON.valueToTree(false),
            "exclude_modules", JSON.nullNode());

    private AdapterCopies() {}

    static void checkCopy(Path adapter, Path copy, BaseShapes base) {
        try (AdapterFile opened = AdapterFile.open(adapter, base);
                Safetensors original = Safetensors.open(adapter.resolve(AdapterFile.TENSORS))) {
            assertThat(opened.tensors().stream().map(AdapterTensor::fileName))
                    .containsExactlyInAnyOrderElementsOf(original.names());
            for (AdapterTarget target : opened.targets()) {
                long[] shape = opened.shape(new AdapterTensor.A(target.module()));
                assertThat(shape[0]).isEqualTo(target.rank());
            }
            SequencedMap<AdapterTensor, TensorSource> tensors = new LinkedHashMap<>();
            for (AdapterTensor tensor : opened.tensors()) {
                String name = tensor.fileName();
                tensors.put(tensor, new RawTensor(original.type(name), original.shape(name), original.raw(name)));
            }
            AdapterFile.write(copy, opened.config(), tensors);
            try (Safetensors written = Safetensors.open(copy.resolve(AdapterFile.TENSORS))) {
                assertThat(written.names()).containsExactlyInAnyOrderElementsOf(original.names());
                for (String name : original.names()) {
                    assertThat(written.shape(name)).isEqualTo(original.shape(name));
                    assertThat(written.type(name)).isEqualTo(original.type(name));
                    assertThat(written.raw(name).mismatch(original.raw(name))).isEqualTo(-1);
                }
            }
        }
        assertThat(meaning(copy)).isEqualTo(meaning(adapter));
    }

    private static Map<String, Object> meaning(Path adapter) {
        JsonNode json = JSON.readTree(adapter.resolve(AdapterConfigFile.NAME).toFile());
        Map<String, Object> meaning = new LinkedHashMap<>(DEFAULTS);
        for (Map.Entry<String, JsonNode> key : json.properties()) {
            // PEFT writes its sets of names in any order.
            meaning.put(key.getKey(), key.getValue().isArray() ? unordered(key.getValue()) : key.getValue());
        }
        return meaning;
    }

    private static Set<JsonNode> unordered(JsonNode array) {
        return array.values().stream().collect(Collectors.toSet());
    }
}
