package org.align4j.rl;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.align4j.checkpoint.ElementType;
import org.align4j.checkpoint.Safetensors;
import org.align4j.checkpoint.SafetensorsWriter;
import org.align4j.checkpoint.TensorSource;
import org.align4j.error.AlignException;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardModelTest {
    @TempDir
    Path folder;

    private Path language;
    private Path reward;

    @BeforeEach
    void makeModel() throws IOException {
        language = TinyModelFolder.save(folder.resolve("language"), 1);
        reward = TinyModelFolder.save(folder.resolve("reward"), 1);
        Path config = reward.resolve("config.json");
        Files.writeString(
                config, Files.readString(config).replace("LlamaForCausalLM", "LlamaForSequenceClassification"));
    }

    /// Writes the weights with a head of the shape.
    private void headOf(long... shape) throws IOException {
        try (Safetensors file = Safetensors.open(language.resolve("model.safetensors"))) {
            SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>(file.tensors());
            float[] values = new float[(int) (shape[0] * shape[1])];
            tensors.put(
                    "score.weight", TensorSource.ofFloats(ElementType.F32, shape, () -> MemorySegment.ofArray(values)));
            SafetensorsWriter.writeModel(reward, tensors, SafetensorsWriter.DEFAULT_SHARD_BYTES);
        }
    }

    private static void load(Path path) {
        try (Scope scope = Scope.open();
                RewardModel model = RewardModel.load(path, DType.FLOAT32, Device.CPU)) {
            model.tokenizer();
        }
    }

    @Test
    void refusesAHeadOfAnotherShape() throws IOException {
        headOf(1, 16);
        load(reward);
        headOf(2, 16);
        assertThatThrownBy(() -> load(reward))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("score.weight")
                .hasMessageContaining("[2, 16]");
        headOf(1, 8);
        assertThatThrownBy(() -> load(reward))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("score.weight")
                .hasMessageContaining("[1, 8]");
    }

    @Test
    void refusesALanguageModel() {
        assertThatThrownBy(() -> load(language))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("is no reward model")
                .hasMessageContaining("align4j reward");
    }
}
