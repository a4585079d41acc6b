package org.align4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.align4j.model.Architecture;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import org.align4j.model.RopeFrequencies;
import org.align4j.model.WeightLayout;
import org.align4j.model.WeightLayout.Weight;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Every golden checkpoint, put into a GGUF file as llama.cpp's converter does ([GgufConversion]),
/// must come back as the same decoder with the same weights.
class GgufConversionGoldenTest {
    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> aConvertedCheckpointIsReadAsTheOriginal() {
        return Shared.goldenFolders("models", "config.json").stream()
                .map(model -> Shared.goldenCase("models", model.getFileName().toString(), () -> roundTrip(model)));
    }

    private void roundTrip(Path model) throws Exception {
        ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(model.resolve("config.json")));
        GgufConversion.forgetWhatGgufCannotSay(config);
        Architecture original = HfConfig.parse("config.json", config).architecture();
        Path file = folder.resolve(model.getFileName() + ".gguf");
        try (Safetensors source = Safetensors.open(model)) {
            Map<String, float[]> tensors = tensors(source);
            Map<String, long[]> shapes = new TreeMap<>();
            source.names().forEach(name -> shapes.put(name, source.shape(name)));
            GgufWriter.write(
                    file, GgufConversion.metadata(config), GgufConversion.tensors(config, original, tensors, shapes));
            try (Gguf gguf = Gguf.open(file)) {
                ModelConfig read = GgufConfig.read(file.toString(), gguf);
                sameDecoder(read.architecture(), original);
                GgufLayout layout = GgufLayout.of(WeightLayout.of(read.architecture()));
                layout.match(file.toString(), gguf);
                for (Weight weight : layout.layout().weights()) {
                    float[] values = new float[Math.toIntExact(weight.size())];
                    read(layout, gguf, weight, values);
                    close(weight, values, arranged(weight, original, tensors), 1e-6);
                }
            }
        }
    }

    private static void read(GgufLayout layout, Gguf gguf, Weight weight, float[] values) {
        for (StoredRows rows : layout.stored(gguf, weight)) {
            MemorySegment target = MemorySegment.ofArray(values)
                    .asSlice(rows.firstRow() * rows.width() * Float.BYTES, rows.values() * Float.BYTES);
            rows.reader().read(0, rows.rows(), target);
        }
    }

    private static void sameDecoder(Architecture actual, Architecture expected) {
        assertThat(actual).usingRecursiveComparison().ignoringFields("ropes").isEqualTo(expected);
        // a scaling may come back as another one of the same frequencies
        assertThat(actual.ropes()).hasSameSizeAs(expected.ropes());
        for (int i = 0; i < actual.ropes().size(); i++) {
            for (int length : List.of(1, 100_000)) {
                assertThat(RopeFrequencies.inverse(actual.ropes().get(i), length))
                        .containsExactly(
                                RopeFrequencies.inverse(expected.ropes().get(i), length), within(1e-7));
            }
        }
    }

    /// The parameter put together from the Hugging Face tensors.
    private static float[] arranged(Weight weight, Architecture architecture, Map<String, float[]> tensors) {
        float[] values = new float[Math.toIntExact(weight.size())];
        int columns = Math.toIntExact(weight.size() / weight.shape().getFirst());
        for (WeightLayout.Part part : weight.parts()) {
            float[] source = tensors.get(part.huggingFaceName());
            float[] rows = switch (part.form()) {
                case AS_IS -> source;
                case TRANSPOSED -> GgufConversion.transposed(source, columns);
                case INTERLEAVED_HEADS ->
                    GgufConversion.swapped(source, 1, architecture.heads(), 3, architecture.headSize() * columns);
            };
            System.arraycopy(rows, 0, values, Math.toIntExact(part.firstRow() * columns), rows.length);
        }
        return values;
    }

    @TestFactory
    Stream<DynamicTest> goldenFilesHoldTheLlamaCheckpoint() throws IOException {
        Path files = Shared.golden("gguf");
        Path model = Shared.golden("models/llama");
        if (!Files.isDirectory(files) || !Files.isDirectory(model)) {
            return Stream.empty();
        }
        try (Stream<Path> children = Files.list(files)) {
            return children.filter(file -> file.toString().endsWith(".gguf")).sorted().toList().stream()
                    .map(file -> Shared.goldenCase(
                            "gguf", file.getFileName().toString(), () -> holdsTheCheckpoint(file, model)));
        }
    }

    private static void holdsTheCheckpoint(Path file, Path model) {
        Architecture original = HfConfig.read(model.resolve("config.json")).architecture();
        try (Gguf gguf = Gguf.open(file);
                Safetensors source = Safetensors.open(model)) {
            ModelConfig read = GgufConfig.read(file.toString(), gguf);
            assertThat(read.architecture()).isEqualTo(original);
            GgufLayout layout = GgufLayout.of(WeightLayout.of(read.architecture()));
            layout.match(file.toString(), gguf);
            for (Weight weight : layout.layout().weights()) {
                float[] values = new float[Math.toIntExact(weight.size())];
                read(layout, gguf, weight, values);
                // half a step of the type's quantisation, in the worst of blocks
                boolean exact = layout.partsOf(weight).stream()
                        .allMatch(part -> gguf.dtype(part.tensor()).equals("F32"));
                float[] expected = arranged(weight, original, tensors(source));
                double scale = exact ? 0 : 0.1 * largest(expected);
                close(weight, values, expected, scale);
            }
        }
    }

    private static void close(Weight weight, float[] actual, float[] expected, double tolerance) {
        assertThat(actual).as(weight.name()).hasSameSizeAs(expected);
        double worst = 0;
        for (int i = 0; i < actual.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        assertThat(worst).as(weight.name()).isLessThanOrEqualTo(tolerance);
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static Map<String, float[]> tensors(Safetensors source) {
        Map<String, float[]> tensors = new TreeMap<>();
        for (String name : source.names()) {
            float[] values = new float[Math.toIntExact(source.valueCount(name))];
            source.readFloats(name, MemorySegment.ofArray(values));
            tensors.put(name, values);
        }
        return tensors;
    }
}
