package org.align4j.checkpoint;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.align4j.model.Architecture;
import org.align4j.model.Architecture.Rope;
import org.align4j.model.RopeFrequencies;
import org.align4j.model.RopeScaling;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What llama.cpp's `convert_hf_to_gguf.py` does to a checkpoint, for tests: keys, names and
/// rearrangements.
final class GgufConversion {
    private static final Map<String, String> ARCHITECTURES = Map.ofEntries(
            Map.entry("mistral", "llama"),
            Map.entry("mixtral", "llama"),
            Map.entry("qwen3_moe", "qwen3moe"),
            Map.entry("gemma3_text", "gemma3"),
            Map.entry("gpt_neox", "gptneox"));

    /// Theirs → GGUF's, tried in order on the end of a name without its block.
    private static final String[][] NAMES = {
        {"(model.embed_tokens|transformer.wte|gpt_neox.embed_in)", "token_embd"},
        {"transformer.wpe", "position_embd"},
        {"(model.norm|transformer.ln_f|gpt_neox.final_layer_norm)", "output_norm"},
        {"(lm_head|embed_out)", "output"},
        {"(input_layernorm|ln_1)", "attn_norm"},
        {"self_attn.([qkv])_proj", "attn_$1"},
        {"(self_attn.qkv_proj|attn.c_attn|attention.query_key_value)", "attn_qkv"},
        {"self_attn.([qk])_norm", "attn_$1_norm"},
        {"(self_attn.o_proj|attn.c_proj|attention.dense)", "attn_output"},
        {"pre_feedforward_layernorm", "ffn_norm"},
        {"post_feedforward_layernorm", "post_ffw_norm"},
        {"ln_2", "ffn_norm"},
        {"mlp.gate_proj", "ffn_gate"},
        {"(mlp.up_proj|mlp.gate_up_proj|mlp.c_fc|mlp.dense_h_to_4h)", "ffn_up"},
        {"(mlp.down_proj|mlp.c_proj|mlp.dense_4h_to_h)", "ffn_down"},
        {"(mlp|block_sparse_moe).gate", "ffn_gate_inp"},
        {".*experts.(w1|gate_proj)", "ffn_gate_exps"},
        {".*experts.(w3|up_proj)", "ffn_up_exps"},
        {".*experts.(w2|down_proj)", "ffn_down_exps"},
    };

    private static final Pattern BLOCK =
            Pattern.compile("(?:model.layers|transformer.h|gpt_neox.layers)\\.(\\d+)\\.(.*)");

    private static final Pattern EXPERT = Pattern.compile("(.*experts)\\.(\\d+)\\.(.*)");

    private GgufConversion() {}

    /// Makes `config` say what a GGUF file can say.
    static void forgetWhatGgufCannotSay(ObjectNode config) {
        // only the training loss uses it
        config.remove("router_aux_loss_coef");
        switch (config.path("model_type").stringValue("")) {
            case "gemma2" -> {
                config.put("query_pre_attn_scalar", config.path("head_dim").asInt());
                config.remove("layer_types");
            }
            case "gemma3_text" -> {
                config.remove("layer_types");
                config.put("sliding_window_pattern", 3);
            }
            default -> {}
        }
    }

    static SequencedMap<String, GgufValue> metadata(JsonNode config) {
        String type = config.path("model_type").stringValue("");
        String architecture = ARCHITECTURES.getOrDefault(type, type);
        SequencedMap<String, GgufValue> values = new LinkedHashMap<>();
        values.put("general.architecture", GgufValue.text(architecture));
        String[][] wholes = {
            {"context_length", "max_position_embeddings", "n_positions"},
            {"embedding_length", "hidden_size", "n_embd"},
            {"block_count", "num_hidden_layers", "n_layer"},
            {"feed_forward_length", "intermediate_size", "n_inner"},
            {"attention.head_count", "num_attention_heads", "n_head"},
            {"attention.head_count_kv", "num_key_value_heads"},
            {"attention.key_length", "head_dim"},
            {"attention.value_length", "head_dim"},
            {"attention.sliding_window", "sliding_window"},
            {"attention.sliding_window_pattern", "sliding_window_pattern"},
            {"expert_count", "num_local_experts", "num_experts"},
            {"expert_used_count", "num_experts_per_tok"},
            {"expert_feed_forward_length", "moe_intermediate_size"},
        };
        for (String[] row : wholes) {
            Arrays.stream(row)
                    .skip(1)
                    .filter(config::hasNonNull)
                    .findFirst()
                    .ifPresent(key -> values.put(
                            architecture + "." + row[0],
                            GgufValue.u32(config.get(key).asLong())));
        }
        if (type.equals("gpt2") && !config.hasNonNull("n_inner")) {
            values.put(
                    "gpt2.feed_forward_length",
                    GgufValue.u32(4 * config.path("n_embd").asLong()));
        }
        String[][] reals = {
            {"attention.layer_norm_rms_epsilon", "rms_norm_eps"},
            {"attention.layer_norm_epsilon", "layer_norm_eps", "layer_norm_epsilon"},
            {"attn_logit_softcapping", "attn_logit_softcapping"},
            {"final_logit_softcapping", "final_logit_softcapping"},
            {"rope.freq_base", "rope_theta"},
        };
        for (String[] row : reals) {
            Arrays.stream(row)
                    .skip(1)
                    .filter(config::hasNonNull)
                    .findFirst()
                    .ifPresent(key -> values.put(architecture + "." + row[0], GgufValue.f32((float)
                            config.get(key).asDouble())));
        }
        if (config.has("rotary_pct")) {
            long heads = config.path("num_attention_heads").asLong();
            double rotated = config.path("rotary_pct").asDouble()
                    * config.path("hidden_size").asLong()
                    / heads;
            values.put("gptneox.rope.dimension_count", GgufValue.u32((long) rotated));
            values.put(
                    "gptneox.use_parallel_residual",
                    GgufValue.flag(config.path("use_parallel_residual").asBoolean()));
        }
        return values;
    }

    static SequencedMap<String, TensorSource> tensors(
            JsonNode config, Architecture architecture, Map<String, float[]> tensors, Map<String, long[]> shapes) {
        String type = config.path("model_type").stringValue("");
        SequencedMap<String, TensorSource> converted = new LinkedHashMap<>();
        Map<String, float[]> stacks = new LinkedHashMap<>();
        tensors.forEach((name, values) -> {
            long[] shape = shapes.get(name);
            Matcher expert = EXPERT.matcher(name);
            if (expert.matches()) {
                int count = architecture.experts().orElseThrow().count();
                String stacked = name(type, expert.group(1) + "." + expert.group(3));
                float[] all = stacks.computeIfAbsent(stacked, _ -> new float[count * values.length]);
                System.arraycopy(values, 0, all, Integer.parseInt(expert.group(2)) * values.length, values.length);
                converted.put(stacked, RawTensor.of(new long[] {count, shape[0], shape[1]}, all));
                return;
            }
            boolean matrix = type.equals("gpt2") && name.matches(".*\\.c_\\w+\\.weight");
            long[] newShape = matrix ? new long[] {shape[1], shape[0]} : shape;
            converted.put(
                    name(type, name), RawTensor.of(newShape, rearranged(type, name, architecture, values, shape)));
        });
        for (Rope rope : architecture.ropes()) {
            if (rope.scaling() instanceof RopeScaling.Llama3) {
                double[] scaled = RopeFrequencies.inverse(rope, 1);
                double[] plain =
                        RopeFrequencies.inverse(new Rope(rope.theta(), rope.size(), new RopeScaling.None()), 1);
                float[] divisors = new float[plain.length];
                IntStream.range(0, plain.length).forEach(j -> divisors[j] = (float) (plain[j] / scaled[j]));
                converted.put("rope_freqs.weight", RawTensor.of(new long[] {divisors.length}, divisors));
            }
        }
        return converted;
    }

    private static float[] rearranged(
            String type, String name, Architecture architecture, float[] values, long[] shape) {
        int columns = shape.length == 2 ? (int) shape[1] : 1;
        int head = architecture.headSize();
        if (name.matches(".*[qk]_proj\\.(weight|bias)")
                && (ARCHITECTURES.getOrDefault(type, type).equals("llama") || type.equals("smollm3"))) {
            return swapped(values, (int) shape[0] / head, 2, head / 2, columns);
        }
        if (name.contains("query_key_value")) {
            return swapped(values, 1, architecture.heads(), 3, head * columns);
        }
        if (type.equals("gpt2") && name.matches(".*\\.c_\\w+\\.weight")) {
            return transposed(values, (int) shape[0]);
        }
        if (type.startsWith("gemma") && name.endsWith("norm.weight")) {
            float[] shifted = new float[values.length];
            IntStream.range(0, values.length).forEach(i -> shifted[i] = values[i] + 1);
            return shifted;
        }
        return values;
    }

    private static String name(String type, String name) {
        int dot = name.lastIndexOf('.');
        String ending = name.substring(dot);
        Matcher block = BLOCK.matcher(name.substring(0, dot));
        String prefix = block.matches() ? "blk." + block.group(1) + "." : "";
        String inside = block.matches() ? block.group(2) : name.substring(0, dot);
        if (inside.equals("post_attention_layernorm")) {
            boolean after = type.startsWith("gemma") || type.equals("olmo2");
            return prefix + (after ? "post_attention_norm" : "ffn_norm") + ending;
        }
        for (String[] row : NAMES) {
            if (inside.matches(row[0])) {
                return prefix + inside.replaceFirst("^" + row[0] + "$", row[1]) + ending;
            }
        }
        throw new IllegalArgumentException(name);
    }

    /// `[a, b, c, d]` → `[a, c, b, d]`.
    static float[] swapped(float[] values, int a, int b, int c, int d) {
        float[] result = new float[values.length];
        for (int i = 0; i < a; i++) {
            for (int j = 0; j < b; j++) {
                for (int k = 0; k < c; k++) {
                    System.arraycopy(values, ((i * b + j) * c + k) * d, result, ((i * c + k) * b + j) * d, d);
                }
            }
        }
        return result;
    }

    /// `[rows, columns]` → `[columns, rows]`.
    static float[] transposed(float[] values, int rows) {
        return swapped(values, 1, rows, values.length / rows, 1);
    }
}
