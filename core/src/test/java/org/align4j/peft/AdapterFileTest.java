package org.align4j.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.align4j.checkpoint.RawTensor;
import org.align4j.checkpoint.SafetensorsWriter;
import org.align4j.error.AlignException;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterFileTest {
    @TempDir
    Path folder;

    @Test
    void publishedGpt2AdapterSurvivesReadingAndWriting() {
        Path adapter = Shared.data("models/gpt2_kto_hh_lora");
        AdapterCopies.checkCopy(adapter, folder, Bases.gpt2());
        try (AdapterFile opened = AdapterFile.open(adapter, Bases.gpt2())) {
            assertThat(opened.targets()).hasSize(12);
            assertThat(opened.targets().getLast())
                    .isEqualTo(new AdapterTarget("transformer.h.11.attn.c_attn", 16, 1.0, false));
        }
    }

    @Test
    void olderNamesMeanTheSameTensors() {
        assertThat(AdapterTensor.named("base_model.model.m.q.lora_A.default.weight"))
                .contains(new AdapterTensor.A("m.q"));
        assertThat(AdapterTensor.named("base_model.model.m.q.lora_B.my-adapter.weight"))
                .contains(new AdapterTensor.B("m.q"));
        for (String ending : List.of("", ".weight", ".default", ".default.weight")) {
            assertThat(AdapterTensor.named("base_model.model.m.q.lora_magnitude_vector" + ending))
                    .contains(new AdapterTensor.Magnitude("m.q"));
        }
        for (String name : List.of(
                "lm_head.weight",
                "base_model.model.lm_head.weight",
                "base_model.model.lm_head.modules_to_save.weight",
                "base_model.model.lm_head.modules_to_save.default.weight")) {
            assertThat(AdapterTensor.named(name)).contains(new AdapterTensor.Saved("lm_head.weight"));
        }
        assertThat(AdapterTensor.named("base_model.model.lm_head.original_module.weight"))
                .isEmpty();
    }

    @Test
    void adapterOfOlderNamesOpens() throws IOException {
        write(
                """
                {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["v_proj"],
                 "modules_to_save": ["lm_head"]}""",
                Map.of(
                        "base_model.model.model.layers.0.self_attn.v_proj.lora_A.default.weight", new long[] {2, 8},
                        "base_model.model.model.layers.0.self_attn.v_proj.lora_B.default.weight", new long[] {4, 2},
                        "base_model.model.lm_head.modules_to_save.default.weight", new long[] {20, 8},
                        "base_model.model.lm_head.original_module.weight", new long[] {20, 8}));
        try (AdapterFile adapter = AdapterFile.open(folder, Bases.llama(1))) {
            assertThat(adapter.tensors())
                    .containsExactlyInAnyOrder(
                            new AdapterTensor.A("model.layers.0.self_attn.v_proj"),
                            new AdapterTensor.B("model.layers.0.self_attn.v_proj"),
                            new AdapterTensor.Saved("lm_head.weight"));
        }
    }

    @Test
    void adapterForAnotherBaseIsRefusedWithAllFaults() throws IOException {
        write(
                """
                {"peft_type": "LORA", "base_model_name_or_path": "big-llama", "r": 2, "lora_alpha": 4,
                 "target_modules": ["v_proj"], "modules_to_save": ["lm_head"]}""",
                Map.of(
                        "base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight", new long[] {2, 16},
                        "base_model.model.model.layers.1.self_attn.v_proj.lora_A.weight", new long[] {2, 8},
                        "base_model.model.model.layers.1.self_attn.v_proj.lora_B.bias", new long[] {4},
                        "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", new long[] {2, 8}));
        assertThatThrownBy(() -> AdapterFile.open(folder, Bases.llama(1)))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("does not fit the base model tiny-llama; the adapter was made for big-llama")
                .hasMessageContaining(
                        "layers.0.self_attn.v_proj.lora_A.weight: has shape [2, 16], the base and the rank demand [2, 8]")
                .hasMessageContaining(
                        "layers.1.self_attn.v_proj.lora_A.weight: the base has no linear module of that name")
                .hasMessageContaining(
                        "layers.0.self_attn.q_proj.lora_A.weight: the configuration asks for no such tensor")
                .hasMessageContaining("v_proj.lora_B.bias: the base has no such parameter")
                .hasMessageContaining("layers.0.self_attn.v_proj.lora_B.weight: missing")
                .hasMessageContaining("modules_to_save: the weights of lm_head are missing");
        assertThatThrownBy(() -> AdapterFile.open(folder, Bases.gpt2()))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("made for another base than gpt2");
    }

    private void write(String config, Map<String, long[]> shapes) throws IOException {
        Files.writeString(folder.resolve(AdapterConfigFile.NAME), config);
        SequencedMap<String, RawTensor> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            int count = 1;
            for (long size : shape) {
                count *= (int) size;
            }
            tensors.put(name, RawTensor.of(shape, new float[count]));
        });
        SafetensorsWriter.write(folder.resolve(AdapterFile.TENSORS), tensors, Map.of());
    }
}
