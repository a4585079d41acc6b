package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.align4j.error.AlignException;
import org.align4j.model.Architecture.Layer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HfConfigTest {
    @Test
    void absentKeysHaveTheValuesOfTransformers() {
        ModelConfig config = parse("{'model_type': 'llama'}");
        Architecture llama = config.architecture();
        assertThat(llama.vocabularySize()).isEqualTo(32000);
        assertThat(llama.kvHeads()).isEqualTo(32);
        assertThat(llama.headSize()).isEqualTo(128);
        assertThat(llama.tiedHead()).isFalse();
        assertThat(config.endTokens()).containsExactly(2);
        assertThat(parse("{'model_type': 'gemma2'}").architecture().tiedHead()).isTrue();
        assertThat(parse("{'model_type': 'smollm3'}").architecture().tiedHead()).isTrue();
        assertThat(parse("{'model_type': 'qwen2'}").architecture().tiedHead()).isFalse();
    }

    @Test
    void everyFaultOfAFileIsReportedTogether() {
        assertThatThrownBy(() -> parse("""
                        {'model_type': 'llama', 'hidden_size': 'big', 'hidden_act': 'relu6',
                         'num_key_value_head': 4, 'residual_multiplier': 0.5,
                         'quantization_config': {'bits': 4},
                         'rope_scaling': {'rope_type': 'linear', 'factor': 2.0, 'twist': 1}}"""))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("\"hidden_size\" is \"big\"")
                .hasMessageContaining("\"hidden_act\" is \"relu6\"")
                .hasMessageContaining("\"num_key_value_head\" is 4")
                .hasMessageContaining("did you mean \"num_key_value_heads\"?")
                .hasMessageContaining("\"residual_multiplier\" is 0.5")
                .hasMessageContaining("\"quantization_config\" is {\"bits\":4}")
                .hasMessageContaining("\"rope_scaling.twist\" is 1");
    }

    @Test
    void anUnknownModelTypeIsAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> parse("{'model_type': 'mamba'}"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("\"mamba\"")
                .hasMessageContaining("gemma2")
                .hasMessageContaining("qwen3_moe");
    }

    @Test
    void sizesThatDontFitTogetherAreRefused() {
        assertThatThrownBy(() -> parse("{'model_type': 'llama', 'num_attention_heads': 6, 'num_key_value_heads': 4}"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("multiple of kv heads");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> HfConfig.read(Path.of("nowhere", "config.json")))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("nowhere")
                .hasMessageContaining("no such file");
    }

    @Test
    void qwen2WindowsStartAtTheGivenLayerAndOnlyWhenUsed() {
        String text = """
                {'model_type': 'qwen2', 'num_hidden_layers': 4, 'sliding_window': 6, 'max_window_layers': 2,
                 'use_sliding_window': %s}""";
        assertThat(parse(text.formatted("true")).architecture().layers())
                .extracting(Layer::window)
                .containsExactly(0, 0, 6, 6);
        assertThat(parse(text.formatted("false")).architecture().layers())
                .extracting(Layer::window)
                .containsExactly(0, 0, 0, 0);
    }

    @Test
    void gemma3AlternatesWindowsAndRotationsByItsPattern() {
        Architecture gemma = parse("""
                        {'model_type': 'gemma3_text', 'num_hidden_layers': 4, 'sliding_window': 8,
                         'sliding_window_pattern': 2,
                         'rope_scaling': {'rope_type': 'linear', 'factor': 8.0}}""").architecture();
        assertThat(gemma.layers()).extracting(Layer::window).containsExactly(8, 0, 8, 0);
        assertThat(gemma.layers()).extracting(Layer::rope).containsExactly(1, 0, 1, 0);
        assertThat(gemma.ropes().get(0).scaling()).isEqualTo(new RopeScaling.Linear(8));
        assertThat(gemma.ropes().get(1).scaling()).isEqualTo(new RopeScaling.None());
        assertThat(gemma.ropes().get(1).theta()).isEqualTo(10000);
    }

    @Test
    void smolLm3LeavesEveryFourthLayerUnrotated() {
        assertThat(parse("{'model_type': 'smollm3', 'num_hidden_layers': 5}")
                        .architecture()
                        .layers())
                .extracting(Layer::rope)
                .containsExactly(0, 0, 0, -1, 0);
    }

    @Test
    void qwen3MixturesLeaveTheNamedLayersDense() {
        assertThat(parse("""
                                {'model_type': 'qwen3_moe', 'num_hidden_layers': 4, 'mlp_only_layers': [1],
                                 'decoder_sparse_step': 2, 'num_key_value_heads': 4}""").architecture().layers())
                .extracting(Layer::mixture)
                .containsExactly(false, false, false, true);
    }

    @Test
    void gpt2CanScaleAttentionByLayer() {
        Architecture gpt2 = parse("{'model_type': 'gpt2', 'scale_attn_by_inverse_layer_idx': true}")
                .architecture();
        assertThat(gpt2.attentionScale(0)).isEqualTo(0.125);
        assertThat(gpt2.attentionScale(3)).isEqualTo(0.125 / 4);
        assertThat(parse("{'model_type': 'gpt2', 'scale_attn_weights': false}")
                        .architecture()
                        .attentionScale(3))
                .isEqualTo(1);
    }

    @Test
    void aNullOrListOfEndTokensIsKept() {
        assertThat(parse("{'model_type': 'llama', 'eos_token_id': null, 'bos_token_id': null}")
                        .endTokens())
                .isEmpty();
        ModelConfig many = parse("{'model_type': 'llama', 'eos_token_id': [1, 106]}");
        assertThat(many.endTokens()).containsExactly(1, 106);
        assertThat(many.beginToken()).isEqualTo(OptionalInt.of(1));
    }

    @Test
    void keysOfPublishedModelsThatChangeNothingPass() {
        Architecture smol = parse("""
                        {'model_type': 'llama', 'is_llama_config': true, 'rope_interleaved': false,
                         'torch_dtype': 'bfloat16', 'transformers.js_config': {'kv_cache_dtype': {}},
                         'pretraining_tp': 1, 'something_unset': null}""").architecture();
        assertThat(smol).isEqualTo(parse("{'model_type': 'llama'}").architecture());
        Architecture phi = parse("""
                        {'model_type': 'phi3', 'auto_map': {'AutoConfig': 'configuration_phi3.Phi3Config'},
                         'attention_bias': false, 'mlp_bias': false, 'lm_head_bias': false, 'full_attn_mod': 1,
                         'interpolate_factor': 1, 'partial_rotary_factor': 0.75, 'num_attention_heads': 24,
                         'num_key_value_heads': 8, 'sliding_window': 262144, 'tie_word_embeddings': true}""").architecture();
        assertThat(phi.ropes().getFirst().size()).isEqualTo(96);
        assertThat(phi.tiedHead()).isTrue();
    }

    @Test
    void aNewModelStartsFromItsFamilysConfig() {
        JsonNode json = HfConfig.newConfig("gpt2").put("n_layer", 2).put("vocab_size", 300);
        ModelConfig config = HfConfig.parse("new model", json);
        assertThat(config.architecture().layers()).hasSize(2);
        assertThat(config.source().get("architectures").get(0).stringValue()).isEqualTo("GPT2LMHeadModel");
        assertThatThrownBy(() -> HfConfig.newConfig("lama")).isInstanceOf(AlignException.Model.class);
    }

    @Test
    void savingChangesNothingButTheDtype() {
        ModelConfig config = parse("{'model_type': 'llama', 'torch_dtype': 'float16', 'use_cache': true}");
        assertThat(HfConfig.withDtype(config, "bfloat16"))
                .isEqualTo(json("{'model_type': 'llama', 'torch_dtype': 'bfloat16', 'use_cache': true}"));
        assertThat(config.source().get("torch_dtype").stringValue()).isEqualTo("float16");
    }

    @Test
    void decayedWeightsComeFirst() {
        WeightLayout layout =
                WeightLayout.of(parse("{'model_type': 'gpt2', 'n_layer': 2}").architecture());
        long seen = 0;
        for (WeightLayout.Weight weight : layout.weights()) {
            assertThat(weight.decay())
                    .as(weight.name())
                    .isEqualTo(weight.shape().size() == 2);
            assertThat(weight.decay()).as(weight.name()).isEqualTo(seen < layout.decayedSize());
            seen += weight.size();
        }
        assertThat(seen).isEqualTo(layout.size());
    }

    @Test
    void missingExtraAndMisshapenTensorsAreReportedTogether() {
        WeightLayout layout = WeightLayout.of(small());
        Map<String, long[]> shapes = shapes(layout);
        shapes.remove("model.norm.weight");
        shapes.put("model.layers.0.self_attn.q_proj.weight", new long[] {3, 4});
        shapes.put("visual.patch", new long[] {1});
        shapes.put("model.layers.0.self_attn.rotary_emb.inv_freq", new long[] {8});
        assertThatThrownBy(() -> layout.match("model.safetensors", shapes))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("\"model.norm.weight\" is missing")
                .hasMessageContaining("\"model.layers.0.self_attn.q_proj.weight\" has shape [3, 4]")
                .hasMessageContaining("[32, 32]")
                .hasMessageContaining("\"visual.patch\"")
                .hasMessageNotContaining("inv_freq");
    }

    @Test
    void tensorsAreFoundWithoutTheModelsPrefixAndBesideATiedHead() {
        WeightLayout layout = WeightLayout.of(small());
        Map<String, long[]> shapes = shapes(layout).entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().replaceFirst("^model\\.", ""), Map.Entry::getValue));
        shapes.put("lm_head.weight", new long[] {50, 32});
        assertThat(layout.match("model.safetensors", shapes)).containsEntry("model.norm.weight", "norm.weight");
    }

    private static Architecture small() {
        return parse("""
                        {'model_type': 'llama', 'hidden_size': 32, 'num_attention_heads': 2, 'vocab_size': 50,
                         'num_hidden_layers': 1, 'intermediate_size': 24, 'tie_word_embeddings': true}""").architecture();
    }

    private static Map<String, long[]> shapes(WeightLayout layout) {
        return layout.weights().stream()
                .flatMap(weight ->
                        weight.parts().stream().map(part -> Map.entry(part.huggingFaceName(), weight.fileShape(part))))
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getValue().stream()
                                .mapToLong(Long::longValue)
                                .toArray()));
    }

    private static ModelConfig parse(String text) {
        return HfConfig.parse("config.json", json(text));
    }

    /// JSON with single quotes.
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
