package org.align4j.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Translates a GGUF file's metadata into the `config.json` of the same model, which [HfConfig]
/// then understands: so both kinds of file follow the same rules, and a model that came from GGUF
/// can be saved as a Hugging Face directory. Some facts stand in no key, only in which tensors
/// there are. Keys as llama.cpp's converter writes them.
public final class GgufConfig {
    /// GGUF architecture → family. `llama` stands for Mistral and Mixtral, too.
    private static final Map<String, String> FAMILIES = Map.ofEntries(
            Map.entry("llama", "llama"),
            Map.entry("qwen2", "qwen2"),
            Map.entry("qwen3", "qwen3"),
            Map.entry("qwen3moe", "qwen3_moe"),
            Map.entry("gemma2", "gemma2"),
            Map.entry("gemma3", "gemma3_text"),
            Map.entry("gpt2", "gpt2"),
            Map.entry("gptneox", "gpt_neox"),
            Map.entry("phi3", "phi3"),
            Map.entry("olmo2", "olmo2"),
            Map.entry("smollm3", "smollm3"));

    /// Starts of keys that say nothing about what the decoder computes.
    private static final List<String> ELSEWHERE = List.of("general.", "tokenizer.", "split.", "quantize.", "imatrix.");

    private final String place;
    private final String prefix;
    private final String family;
    private final Gguf file;
    private final Set<String> asked = new HashSet<>();
    private final Problems problems = new Problems();
    private final ObjectNode json;

    private GgufConfig(String place, String architecture, Gguf file) {
        this.place = place;
        this.prefix = architecture + ".";
        this.file = file;
        this.family = family(architecture);
        this.json = HfConfig.newConfig(family);
    }

    /// Understands the metadata of `file`.
    ///
    /// @param place the file's name, for messages
    /// @throws AlignException.Model naming every key that is missing, wrong or not understood
    public static ModelConfig read(String place, Gguf file) {
        String architecture = file.metadata()
                .text("general.architecture")
                .orElseThrow(() -> new AlignException.Model(
                        place + ": general.architecture is missing; this GGUF file holds no model"));
        if (!FAMILIES.containsKey(architecture)) {
            throw new AlignException.Model(place + ": general.architecture is \"" + architecture + "\"; supported are "
                    + String.join(", ", FAMILIES.keySet().stream().sorted().toList()));
        }
        return new GgufConfig(place, architecture, file).read();
    }

    private String family(String architecture) {
        if (architecture.equals("llama")) {
            if (whole("expert_count").orElse(0) > 0) {
                return "mixtral";
            }
            return whole("attention.sliding_window").orElse(0) > 0 ? "mistral" : "llama";
        }
        return FAMILIES.getOrDefault(architecture, architecture);
    }

    private ModelConfig read() {
        sizes();
        tokens();
        attention();
        experts();
        if (!family.equals("gpt2")) {
            new GgufRope(this).write(json);
        }
        json.put("tie_word_embeddings", !has("output.weight"));
        rejectTheRest();
        problems.throwIfAny(place + ":", AlignException.Model::new);
        return HfConfig.parse(place, json);
    }

    private void sizes() {
        boolean gpt2 = family.equals("gpt2");
        whole("vocab_size");
        if (has("token_embd.weight")) {
            json.put("vocab_size", file.shape("token_embd.weight")[0]);
        } else {
            problems.add("token_embd.weight is missing; the file holds no model");
        }
        put("context_length", gpt2 ? "n_positions" : "max_position_embeddings");
        put("embedding_length", gpt2 ? "n_embd" : "hidden_size");
        put("block_count", gpt2 ? "n_layer" : "num_hidden_layers");
        put("feed_forward_length", gpt2 ? "n_inner" : "intermediate_size");
        put("attention.head_count", gpt2 ? "n_head" : "num_attention_heads");
        OptionalLong kvHeads = whole("attention.head_count_kv");
        if (!gpt2 && !family.equals("gpt_neox")) {
            json.put(
                    "num_key_value_heads",
                    kvHeads.orElse(json.path("num_attention_heads").asLong()));
        }
        switch (family) {
            case "gpt2" -> putReal("attention.layer_norm_epsilon", "layer_norm_epsilon");
            case "gpt_neox" -> putReal("attention.layer_norm_epsilon", "layer_norm_eps");
            default -> putReal("attention.layer_norm_rms_epsilon", "rms_norm_eps");
        }
    }

    private void tokens() {
        GgufMetadata metadata = file.metadata();
        metadata.whole("tokenizer.ggml.bos_token_id")
                .ifPresentOrElse(id -> json.put("bos_token_id", id), () -> json.putNull("bos_token_id"));
        metadata.whole("tokenizer.ggml.padding_token_id")
                .ifPresentOrElse(id -> json.put("pad_token_id", id), () -> json.putNull("pad_token_id"));
        // chat models may end a turn with another token than a text
        ArrayNode ends = json.putArray("eos_token_id");
        Set<Long> seen = new HashSet<>();
        for (String name : List.of("eos", "eot", "eom")) {
            OptionalLong id = metadata.whole("tokenizer.ggml." + name + "_token_id");
            if (id.isPresent() && seen.add(id.getAsLong())) {
                ends.add(id.getAsLong());
            }
        }
    }

    private void attention() {
        OptionalLong key = whole("attention.key_length");
        OptionalLong value = whole("attention.value_length");
        if (!key.equals(value)) {
            problems.add(prefix + "attention.key_length and value_length differ; heads must have one size");
        }
        if (key.isPresent()) {
            if (family.equals("gpt2") || family.equals("gpt_neox")) {
                require("attention.key_length", key.getAsLong() == headSize(), "heads must share the width evenly");
            } else {
                json.put("head_dim", key.getAsLong());
            }
        }
        require("attention.causal", flag("attention.causal", true), "attention is causal");
        // only says how the converter arranged the tensors, which the architecture fixes
        asked.add("tensor_data_layout");
        switch (family) {
            case "llama", "qwen3", "qwen3_moe", "smollm3", "olmo2", "gemma2", "gemma3_text", "gpt_neox" ->
                json.put("attention_bias", has("blk.0.attn_q.bias") || has("blk.0.attn_qkv.bias"));
            default -> {}
        }
        if (family.equals("llama") || family.equals("smollm3")) {
            json.put("mlp_bias", has("blk.0.ffn_up.bias"));
        }
        if (family.equals("gpt_neox")) {
            json.put("use_parallel_residual", flag("use_parallel_residual", true));
        }
        window();
        if (family.startsWith("gemma")) {
            gemma();
        }
    }

    private void window() {
        OptionalLong window = whole("attention.sliding_window");
        boolean used = window.orElse(0) > 0;
        switch (family) {
            case "mistral", "mixtral", "phi3", "gemma2", "gemma3_text" -> {
                if (used) {
                    json.put("sliding_window", window.orElseThrow());
                } else {
                    json.putNull("sliding_window");
                }
            }
            default -> require("attention.sliding_window", !used, family + " attends to everything");
        }
    }

    /// What Gemma's files leave to the reader: the scale of queries, and which layers have a
    /// window.
    private void gemma() {
        boolean second = family.equals("gemma2");
        real("attn_logit_softcapping")
                .ifPresentOrElse(
                        cap -> json.put("attn_logit_softcapping", cap), () -> json.putNull("attn_logit_softcapping"));
        real("final_logit_softcapping")
                .ifPresentOrElse(
                        cap -> json.put("final_logit_softcapping", cap), () -> json.putNull("final_logit_softcapping"));
        // the 27-billion models alone scale by the width per head instead of the head's own size
        long layers = json.path("num_hidden_layers").asLong();
        boolean largest = layers == (second ? 46 : 62);
        json.put(
                "query_pre_attn_scalar",
                largest ? headSize() : json.path("head_dim").asLong(headSize()));
        OptionalLong pattern = whole("attention.sliding_window_pattern");
        if (second) {
            require("attention.sliding_window_pattern", pattern.orElse(2) == 2, "Gemma 2 has a window in every other");
        } else {
            json.put("sliding_window_pattern", pattern.orElse(6));
        }
    }

    private void experts() {
        OptionalLong count = whole("expert_count");
        OptionalLong used = whole("expert_used_count");
        OptionalLong width = whole("expert_feed_forward_length");
        boolean normalised = flag("expert_weights_norm", true);
        require("expert_weights_scale", real("expert_weights_scale").orElse(1) == 1, "experts' weights sum to 1");
        require("expert_gating_func", whole("expert_gating_func").orElse(1) == 1, "routers are softmax (1)");
        for (String key : List.of(
                "expert_shared_count",
                "expert_shared_feed_forward_length",
                "leading_dense_block_count",
                "expert_group_count",
                "expert_group_used_count")) {
            require(key, whole(key).orElse(0) <= 0, "no supported family has these");
        }
        if (family.equals("mixtral") || family.equals("qwen3_moe")) {
            json.put("num_local_experts", count.orElse(0));
            json.put("num_experts_per_tok", used.orElse(0));
        } else {
            require("expert_count", count.orElse(0) == 0, family + " has no experts");
        }
        if (family.equals("mixtral")) {
            require("expert_weights_norm", normalised, "Mixtral's experts' weights sum to 1");
        }
        if (family.equals("qwen3_moe")) {
            json.put("norm_topk_prob", normalised);
            ArrayNode dense = json.putArray("mlp_only_layers");
            for (int i = 0; i < json.path("num_hidden_layers").asInt(); i++) {
                String experts = "blk." + i + ".ffn_gate_exps.weight";
                if (!has(experts)) {
                    dense.add(i);
                } else if (!json.has("moe_intermediate_size")) {
                    json.put("moe_intermediate_size", width.orElse(file.shape(experts)[1]));
                }
            }
        }
    }

    private void rejectTheRest() {
        for (Map.Entry<String, GgufValue> entry : file.metadata().values().entrySet()) {
            String key = entry.getKey();
            boolean understood = key.startsWith(prefix)
                    ? asked.contains(key.substring(prefix.length()))
                    : ELSEWHERE.stream().anyMatch(key::startsWith);
            if (understood) {
                continue;
            }
            problems.add(key + " is " + entry.getValue() + ", which Align4J doesn't understand; "
                    + "use a file of this model that llama.cpp's converter wrote without it");
        }
    }

    long headSize() {
        return json.path("num_attention_heads").asLong(0) == 0
                ? 1
                : json.path(family.equals("gpt2") ? "n_embd" : "hidden_size").asLong()
                        / json.path("num_attention_heads").asLong();
    }

    boolean has(String tensor) {
        return file.names().contains(tensor);
    }

    /// Values of a small tensor.
    List<Double> values(String tensor) {
        MemorySegment floats = MemorySegment.ofArray(new float[Math.toIntExact(file.valueCount(tensor))]);
        file.readFloats(tensor, floats);
        float[] values = (float[]) floats.heapBase().orElseThrow();
        List<Double> list = new ArrayList<>();
        for (float value : values) {
            list.add(decimal(value));
        }
        return list;
    }

    String family() {
        return family;
    }

    OptionalLong whole(String key) {
        asked.add(key);
        return file.metadata().whole(prefix + key);
    }

    /// A 32-bit float as the decimal it was written from: 1e-05, not 9.999999747378752e-06.
    OptionalDouble real(String key) {
        asked.add(key);
        OptionalDouble value = file.metadata().real(prefix + key);
        return value.isPresent() ? OptionalDouble.of(decimal(value.getAsDouble())) : value;
    }

    private static double decimal(double value) {
        return (float) value == value ? Double.parseDouble(Float.toString((float) value)) : value;
    }

    Optional<String> text(String key) {
        asked.add(key);
        return file.metadata().text(prefix + key);
    }

    private boolean flag(String key, boolean absent) {
        asked.add(key);
        return file.metadata().flag(prefix + key).orElse(absent);
    }

    void require(String key, boolean holds, String why) {
        asked.add(key);
        if (!holds) {
            problems.add(prefix + key + " is " + file.metadata().values().get(prefix + key)
                    + ", which is not supported: " + why);
        }
    }

    private void put(String key, String ours) {
        whole(key)
                .ifPresentOrElse(
                        value -> json.put(ours, value),
                        () -> problems.add(prefix + key + " is missing; convert the model again"));
    }

    private void putReal(String key, String ours) {
        real(key)
                .ifPresentOrElse(
                        value -> json.put(ours, value),
                        () -> problems.add(prefix + key + " is missing; convert the model again"));
    }
}
