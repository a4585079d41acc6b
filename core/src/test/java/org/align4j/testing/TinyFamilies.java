package org.align4j.testing;

import java.util.List;
import org.align4j.model.CausalLm;
import org.align4j.model.HfConfig;
import org.align4j.nn.Parameter;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import tools.jackson.databind.node.ObjectNode;

/// Random decoders of two small blocks, one of each kind that differs in its arithmetic. Weights
/// are far larger than fresh ones, so that no nonlinearity is nearly linear, and no norm or bias is
/// trivial.
public final class TinyFamilies {
    /// V.
    public static final int VOCABULARY = 23;

    private TinyFamilies() {}

    /// Families that between them have every block, norm, position, cap and window.
    public static List<String> names() {
        return List.of("llama", "gemma2", "qwen2", "qwen3", "olmo2", "gpt2", "gpt_neox", "mixtral");
    }

    /// A float32 model in the scope that is open.
    public static CausalLm of(String family, boolean trained) {
        return of(family, DType.FLOAT32, trained);
    }

    /// A model in the scope that is open.
    public static CausalLm of(String family, DType dtype, boolean trained) {
        CausalLm model =
                new CausalLm(HfConfig.parse("config.json", config(family)).architecture(), dtype, Device.CPU, trained);
        model.initialise(0.25, 7);
        CounterRandom random = CounterRandom.of(3, "vectors");
        long stream = 0;
        for (Parameter parameter : model.parameters().all()) {
            if (parameter.master().shape().length == 1) {
                jitter(parameter.master(), random.at(stream++));
            }
        }
        model.parameters().refresh();
        return model;
    }

    private static void jitter(Tensor vector, CounterRandom random) {
        float[] values = new float[(int) vector.numel()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.2 * random.gaussian(i));
        }
        try (Scope scope = Scope.open()) {
            vector.add_(Tensor.of(values));
        }
    }

    private static ObjectNode config(String family) {
        ObjectNode json = HfConfig.newConfig(family).put("vocab_size", VOCABULARY);
        if (family.equals("gpt2")) {
            return json.put("n_positions", 128)
                    .put("n_embd", 16)
                    .put("n_layer", 2)
                    .put("n_head", 2);
        }
        json.put("hidden_size", 16)
                .put("intermediate_size", 20)
                .put("num_hidden_layers", 2)
                .put("num_attention_heads", 4)
                .put("max_position_embeddings", 4096);
        if (!family.equals("gpt_neox")) {
            json.put("num_key_value_heads", 2);
        }
        return switch (family) {
            case "qwen3" -> json.put("head_dim", 6);
            case "gpt_neox" -> json.put("num_attention_heads", 2).put("partial_rotary_factor", 0.5);
            case "mixtral" -> json.put("num_local_experts", 4);
            case "gemma2" ->
                json.put("head_dim", 6)
                        .put("query_pre_attn_scalar", 6)
                        .put("sliding_window", 4)
                        .put("attn_logit_softcapping", 2.0)
                        .put("final_logit_softcapping", 3.0);
            default -> json;
        };
    }
}
