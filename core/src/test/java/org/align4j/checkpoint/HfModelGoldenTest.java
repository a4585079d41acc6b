package org.align4j.checkpoint;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.model.HfConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.align4j.tokenizer.TinyTokenizer;
import org.align4j.tokenizer.Tokenizer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Golden checkpoints saved again.
class HfModelGoldenTest {
    @TempDir
    Path temporary;

    @TestFactory
    List<DynamicTest> savesWhatItLoaded() {
        return cases("saved", this::checkSaved);
    }

    @TestFactory
    List<DynamicTest> savesTrainedMastersRounded() {
        return cases("saved in bfloat16", this::checkRounded);
    }

    private interface Check {
        void of(Path folder) throws IOException;
    }

    private static List<DynamicTest> cases(String what, Check check) {
        return Shared.goldenFolders("models", "cases.safetensors").stream()
                .map(folder -> goldenCase("models", folder.getFileName() + " " + what, () -> check.of(folder)))
                .toList();
    }

    private void checkSaved(Path folder) throws IOException {
        Path saved = temporary.resolve(folder.getFileName() + "-saved");
        try (Scope scope = Scope.open();
                Tokenizer tokenizer = TinyTokenizer.bytes()) {
            HfModel model = HfModel.load(folder, DType.FLOAT32, Shared.device(), false);
            model.save(saved, tokenizer, model.storedType());
            try (WeightFile before = WeightFile.open(folder);
                    WeightFile after = WeightFile.open(saved)) {
                assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
                for (String name : before.names()) {
                    assertThat(after.shape(name)).isEqualTo(before.shape(name));
                    assertThat(after.type(name)).isEqualTo(before.type(name));
                    assertThat(after.raw(name).mismatch(before.raw(name)))
                            .as(name)
                            .isEqualTo(-1);
                }
            }
            JsonNode source = Shared.json(folder.resolve("config.json"));
            assertThat(Shared.json(saved.resolve("config.json"))).isEqualTo(source);
            assertThat(HfConfig.read(saved.resolve("config.json")).architecture())
                    .isEqualTo(model.config().architecture());
            try (Tokenizer again = Tokenizer.load(saved)) {
                assertThat(again.eosIds()).containsAll(tokenizer.eosIds());
                assertThat(again.eosIds()).containsAll(model.config().endTokens());
            }
            assertThatThrownBy(() -> model.save(saved, tokenizer, DType.FLOAT32))
                    .isInstanceOf(AlignException.Checkpoint.class)
                    .hasMessageContaining("exists already");
        }
    }

    private void checkRounded(Path folder) {
        Path saved = temporary.resolve(folder.getFileName() + "-rounded");
        try (Scope scope = Scope.open();
                Tokenizer tokenizer = TinyTokenizer.bytes()) {
            HfModel.load(folder, DType.BFLOAT16, Shared.device(), true).save(saved, tokenizer, DType.BFLOAT16);
        }
        try (Scope scope = Scope.open()) {
            assertThat(HfModel.load(saved, DType.FLOAT32, Shared.device(), false)
                            .storedType())
                    .isEqualTo(DType.BFLOAT16);
        }
        try (TensorFile before = new TensorFile(folder);
                TensorFile after = new TensorFile(saved)) {
            for (String name : before.names()) {
                float[] expected = before.floats(name);
                float[] actual = after.floats(name);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(Math.abs(actual[i] - expected[i]))
                            .as(name)
                            .isLessThanOrEqualTo(Math.abs(expected[i]) / 256);
                }
            }
        }
    }
}
