package org.align4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.align4j.error.AlignException;
import org.align4j.model.Architecture;
import org.align4j.model.ModelConfig;
import org.align4j.model.RopeFrequencies;
import org.align4j.model.RopeScaling;
import org.align4j.model.WeightLayout;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufConfigTest {
    @TempDir
    Path folder;

    @Test
    void aRealFileIsUnderstood() {
        Path path = Shared.data("models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
        try (Gguf file = Gguf.open(path)) {
            ModelConfig config = GgufConfig.read(path.toString(), file);
            Architecture smol = config.architecture();
            assertThat(smol.family()).isEqualTo("llama");
            assertThat(smol.layers()).hasSize(30);
            assertThat(smol.hiddenSize()).isEqualTo(576);
            assertThat(smol.kvHeads()).isEqualTo(3);
            assertThat(smol.normEpsilon()).isEqualTo(1e-5);
            assertThat(smol.ropes().getFirst().theta()).isEqualTo(100_000);
            assertThat(smol.tiedHead()).isTrue();
            assertThat(config.endTokens()).containsExactly(2);
            assertThat(config.source().get("architectures").toString()).isEqualTo("[\"LlamaForCausalLM\"]");
            GgufLayout.of(WeightLayout.of(smol)).match(path.toString(), file);
        }
    }

    @Test
    void everyKeyThatIsNotUnderstoodIsReported() {
        SequencedMap<String, GgufValue> metadata = metadata();
        metadata.put("llama.logit_scale", GgufValue.f32(0.5f));
        metadata.put("llama.attention.causal", GgufValue.flag(false));
        metadata.put("adapter.type", GgufValue.text("lora"));
        metadata.remove("llama.block_count");
        assertThatThrownBy(() -> read(metadata, tensors()))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("model.gguf")
                .hasMessageContaining("llama.logit_scale is 0.5")
                .hasMessageContaining("llama.attention.causal is false")
                .hasMessageContaining("adapter.type is lora")
                .hasMessageContaining("llama.block_count is missing");
    }

    @Test
    void anUnknownArchitectureIsAnsweredWithTheKnownOnes() {
        SequencedMap<String, GgufValue> metadata = metadata();
        metadata.put("general.architecture", GgufValue.text("mamba"));
        assertThatThrownBy(() -> read(metadata, tensors()))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("\"mamba\"")
                .hasMessageContaining("gemma3");
    }

    @Test
    void divisorsOfLlama3AreRecognised() {
        Architecture.Rope llama3 = new Architecture.Rope(500_000, 64, new RopeScaling.Llama3(32, 1, 4, 8192));
        Architecture.Rope plain = new Architecture.Rope(500_000, 64, new RopeScaling.None());
        double[] scaled = RopeFrequencies.inverse(llama3, 1);
        double[] unscaled = RopeFrequencies.inverse(plain, 1);
        float[] divisors = new float[scaled.length];
        for (int j = 0; j < divisors.length; j++) {
            divisors[j] = (float) (unscaled[j] / scaled[j]);
        }
        SequencedMap<String, TensorSource> tensors = tensors();
        tensors.put("rope_freqs.weight", RawTensor.of(new long[] {divisors.length}, divisors));
        assertThat(read(metadata(), tensors).architecture().ropes()).containsExactly(llama3);
    }

    @Test
    void turnEndingTokensEndATextToo() {
        SequencedMap<String, GgufValue> metadata = metadata();
        metadata.put("tokenizer.ggml.eos_token_id", GgufValue.u32(3));
        metadata.put("tokenizer.ggml.eot_token_id", GgufValue.u32(4));
        assertThat(read(metadata, tensors()).endTokens()).containsExactly(3, 4);
    }

    private ModelConfig read(SequencedMap<String, GgufValue> metadata, SequencedMap<String, TensorSource> tensors) {
        Path path = folder.resolve("model.gguf");
        GgufWriter.write(path, metadata, tensors);
        try (Gguf file = Gguf.open(path)) {
            return GgufConfig.read("model.gguf", file);
        }
    }

    private static SequencedMap<String, GgufValue> metadata() {
        SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", GgufValue.text("llama"));
        metadata.put("llama.context_length", GgufValue.u32(131072));
        metadata.put("llama.embedding_length", GgufValue.u32(128));
        metadata.put("llama.block_count", GgufValue.u32(1));
        metadata.put("llama.feed_forward_length", GgufValue.u32(8));
        metadata.put("llama.attention.head_count", GgufValue.u32(2));
        metadata.put("llama.attention.layer_norm_rms_epsilon", GgufValue.f32(1e-5f));
        metadata.put("llama.rope.freq_base", GgufValue.f32(500_000));
        return metadata;
    }

    private static SequencedMap<String, TensorSource> tensors() {
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put("token_embd.weight", RawTensor.of(new long[] {3, 128}, new float[3 * 128]));
        return tensors;
    }
}
