package org.align4j.checkpoint;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Logits of the golden GGUF files, as transformers computes them from the dequantised weights.
class GgufLogitsGoldenTest {
    private static final Path FOLDER = Shared.golden("gguf");

    @TestFactory
    Stream<DynamicTest> logits() {
        return files().map(file -> goldenCase("gguf", file + " logits", () -> checkLogits(file)));
    }

    @TestFactory
    Stream<DynamicTest> halfPrecisionIsTheSameWithAndWithoutMasters() {
        return files().map(file -> goldenCase("gguf", file + " in bfloat16", () -> checkHalfPrecision(file)));
    }

    private static Stream<String> files() {
        if (!Files.exists(FOLDER.resolve("logits.safetensors"))) {
            return Stream.empty();
        }
        return List.copyOf(info().propertyNames()).stream();
    }

    private static JsonNode info() {
        return Shared.json(FOLDER.resolve("info.json")).path("files");
    }

    private static void checkLogits(String file) {
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(FOLDER.resolve("logits.safetensors"))) {
            GoldenBatch golden = batch(cases, file);
            float[] expected = golden.rows(cases, file + ".logits");
            GoldenBatch.assertClose(logits(file, golden, DType.FLOAT32, false), expected, 1e-4, 1e-4);
            assertThat(logits(file, golden, DType.FLOAT32, true)).isEqualTo(logits(file, golden, DType.FLOAT32, false));
        }
    }

    private static void checkHalfPrecision(String file) {
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(FOLDER.resolve("logits.safetensors"))) {
            GoldenBatch golden = batch(cases, file);
            float[] frozen = logits(file, golden, DType.BFLOAT16, false);
            // masters in float32 give the same computation
            assertThat(logits(file, golden, DType.BFLOAT16, true)).isEqualTo(frozen);
        }
    }

    private static GoldenBatch batch(TensorFile cases, String file) {
        String ids = info().get(file).get("input_ids").stringValue();
        return GoldenBatch.of(cases, ids.replaceFirst("\\.input_ids$", ""));
    }

    private static float[] logits(String file, GoldenBatch golden, DType dtype, boolean trained) {
        GgufModel loaded = GgufModel.load(FOLDER.resolve(file), dtype, Shared.device(), trained);
        Tensor hidden = loaded.model().hidden(golden.batch());
        return loaded.model().logits(hidden).toFloats();
    }
}
