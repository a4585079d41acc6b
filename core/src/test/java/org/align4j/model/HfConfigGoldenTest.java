package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Configurations and tensor names of the golden checkpoints.
class HfConfigGoldenTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TestFactory
    Stream<DynamicTest> bothFormsOfAConfigDescribeTheSameModel() {
        return folders("config_v5.json", folder -> {
            ModelConfig old = HfConfig.read(folder.resolve("config.json"));
            ModelConfig now = HfConfig.read(folder.resolve("config_v5.json"));
            assertThat(now.architecture()).isEqualTo(old.architecture());
            assertThat(now.endTokens()).isEqualTo(old.endTokens());
            assertThat(now.beginToken()).isEqualTo(old.beginToken());
            assertThat(now.padToken()).isEqualTo(old.padToken());
        });
    }

    @TestFactory
    Stream<DynamicTest> layoutCoversExactlyTheTensorsInTheFiles() {
        return folders("config.json", folder -> {
            WeightLayout layout = layout(folder);
            Map<String, long[]> shapes = shapes(folder);
            Map<String, String> found = layout.match(folder.toString(), shapes);
            assertThat(new HashSet<>(found.values())).isEqualTo(shapes.keySet());
            assertThat(layout.size())
                    .isEqualTo(shapes.values().stream()
                            .mapToLong(HfConfigGoldenTest::product)
                            .sum());
        });
    }

    @TestFactory
    Stream<DynamicTest> everyGradientBelongsToATensorOfTheLayout() {
        return folders("grads.json", folder -> {
            Set<String> names = layout(folder).huggingFaceNames();
            JsonNode gradients = json(folder.resolve("grads.json")).get("grad_norm");
            assertThat(names).isEqualTo(new HashSet<>(gradients.propertyNames()));
        });
    }

    private static Stream<DynamicTest> folders(String marker, CheckedConsumer body) {
        return Shared.goldenFolders("models", marker).stream()
                .map(folder -> Shared.goldenCase("models", folder.getFileName().toString(), () -> body.accept(folder)));
    }

    private interface CheckedConsumer {
        void accept(Path folder) throws IOException;
    }

    private static WeightLayout layout(Path folder) {
        return WeightLayout.of(HfConfig.read(folder.resolve("config.json")).architecture());
    }

    private static JsonNode json(Path file) throws IOException {
        return JSON.readTree(Files.readAllBytes(file));
    }

    private static long product(long[] shape) {
        long size = 1;
        for (long extent : shape) {
            size *= extent;
        }
        return size;
    }

    /// Name and shape of every tensor in the folder's `model*.safetensors`: 8 bytes of length, then
    /// a JSON header.
    private static Map<String, long[]> shapes(Path folder) throws IOException {
        Map<String, long[]> shapes = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> models = files.filter(
                            file -> file.getFileName().toString().matches("model.*\\.safetensors"))
                    .toList();
            for (Path file : models) {
                header(file).properties().forEach(entry -> {
                    if (!entry.getKey().equals("__metadata__")) {
                        shapes.put(
                                entry.getKey(),
                                JSON.convertValue(entry.getValue().get("shape"), long[].class));
                    }
                });
            }
        }
        return shapes;
    }

    private static JsonNode header(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(length);
            ByteBuffer header = ByteBuffer.allocate(Math.toIntExact(length.getLong(0)));
            channel.read(header);
            return JSON.readTree(header.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
