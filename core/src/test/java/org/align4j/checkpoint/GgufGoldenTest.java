package org.align4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Blocks of every type against the Python package gguf, and the headers of the files it wrote.
class GgufGoldenTest {
    /// Tolerance of dequantised values: relative, none absolute.
    private static final double RELATIVE = 1e-6;

    @TestFactory
    Stream<DynamicTest> dequantisesAsPythonDoes() throws IOException {
        return types().stream()
                .map(type -> Shared.goldenCase("gguf", type.getKey() + " dequantise", () -> {
                    checkLayout(type.getKey(), type.getValue());
                    checkDequantised(type.getKey());
                }));
    }

    @TestFactory
    Stream<DynamicTest> quantisesAsPythonDoes() throws IOException {
        Path blocks = Shared.golden("gguf").resolve("blocks.safetensors");
        List<DynamicTest> cases = new ArrayList<>();
        for (Map.Entry<String, JsonNode> type : types()) {
            try (Safetensors file = Safetensors.open(blocks)) {
                if (file.names().contains(type.getKey() + ".source")) {
                    cases.add(Shared.goldenCase(
                            "gguf", type.getKey() + " quantise", () -> checkQuantised(type.getKey())));
                }
            }
        }
        return cases.stream();
    }

    @TestFactory
    Stream<DynamicTest> findsTheTensorsOfFiles() throws IOException {
        Path folder = Shared.golden("gguf");
        return info().path("files").properties().stream()
                .map(file -> Shared.goldenCase("gguf", file.getKey() + " tensors", () -> {
                    try (Gguf gguf = Gguf.open(folder.resolve(file.getKey()))) {
                        JsonNode types = file.getValue().path("tensor_types");
                        assertThat(gguf.names()).containsExactlyInAnyOrderElementsOf(types.propertyNames());
                        for (String name : gguf.names()) {
                            assertThat(gguf.dtype(name))
                                    .as(name)
                                    .isEqualTo(types.get(name).stringValue());
                            assertThat(SafetensorsTest.floats(gguf, name))
                                    .as(name)
                                    .doesNotContain(Float.NaN);
                        }
                    }
                }));
    }

    private static JsonNode info() throws IOException {
        Path file = Shared.golden("gguf").resolve("info.json");
        return Files.exists(file)
                ? JsonMapper.shared().readTree(Files.readString(file))
                : JsonMapper.shared().createObjectNode();
    }

    private static List<Map.Entry<String, JsonNode>> types() throws IOException {
        boolean present = Files.exists(Shared.golden("gguf").resolve("blocks.safetensors"));
        return present ? List.copyOf(info().path("blocks").properties()) : List.of();
    }

    private static void checkLayout(String name, JsonNode expected) {
        GgmlType type = GgmlType.valueOf(name);
        assertThat(type.number()).isEqualTo(expected.path("ggml_type").asInt());
        assertThat(type.blockSize()).isEqualTo(expected.path("block_size").asInt());
        assertThat(type.blockBytes()).isEqualTo(expected.path("block_bytes").asInt());
    }

    private static void checkDequantised(String type) {
        try (Safetensors file = Safetensors.open(Shared.golden("gguf").resolve("blocks.safetensors"))) {
            float[] expected = SafetensorsTest.floats(file, type + ".dequantised");
            MemorySegment actual = MemorySegment.ofArray(new byte[expected.length * Float.BYTES]);
            GgmlType.valueOf(type).decode(file.raw(type + ".raw"), actual);
            assertThat(expected).isNotEmpty();
            for (int i = 0; i < expected.length; i++) {
                float value = actual.get(LittleEndian.FLOAT, (long) i * Float.BYTES);
                assertThat((double) value)
                        .as("value %d", i)
                        .isCloseTo(expected[i], within(RELATIVE * Math.abs(expected[i])));
            }
        }
    }

    private static void checkQuantised(String type) {
        try (Safetensors file = Safetensors.open(Shared.golden("gguf").resolve("blocks.safetensors"))) {
            byte[] expected = file.raw(type + ".raw").toArray(ValueLayout.JAVA_BYTE);
            byte[] actual = new byte[expected.length];
            GgmlType.valueOf(type).encode(file.raw(type + ".source"), MemorySegment.ofArray(actual));
            assertThat(actual).isEqualTo(expected);
        }
    }
}
