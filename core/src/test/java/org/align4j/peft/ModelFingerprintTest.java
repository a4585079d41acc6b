package org.align4j.peft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFingerprintTest {
    @TempDir
    private Path folder;

    private Path model(String name, String weights) throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve("model.safetensors"), weights);
        Files.writeString(model.resolve("notes.txt"), name);
        return model;
    }

    @Test
    void isThatOfTheFilesAndNotOfTheirPlace() throws IOException {
        assertThat(ModelFingerprint.of(model("a", "weights")))
                .isEqualTo(ModelFingerprint.of(model("b", "weights")))
                .isNotEqualTo(ModelFingerprint.of(model("c", "others")));
    }

    @Test
    void aModelTrainedAnewInTheSamePlaceIsAnother() throws IOException {
        String before = ModelFingerprint.of(model("a", "weights"));
        assertThat(ModelFingerprint.of(model("a", "trained on"))).isNotEqualTo(before);
    }

    @Test
    void anAdapterOnAnotherBaseIsAnother() throws IOException {
        Path base = model("base", "weights");
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"), """
                {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"], "task_type": "CAUSAL_LM",
                 "base_model_name_or_path": "%s"}""".formatted(base));
        Files.writeString(adapter.resolve("adapter_model.safetensors"), "deltas");
        String before = ModelFingerprint.of(adapter);

        model("base", "trained on");

        assertThat(ModelFingerprint.of(adapter)).isNotEqualTo(before);
    }
}
