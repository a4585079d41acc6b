package org.align4j.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a family's Hugging Face checkpoint calls the parts of a decoder. Names lack `.weight` and
/// `.bias`.
///
/// @param names our name → theirs, in the order of our rows; names of a block lack its prefix
/// @param block prefix of block i, with `#` for i
/// @param transposed whether matrices of blocks are stored `[in, out]` (GPT-2's Conv1D)
/// @param interleaved whether q, k and v are stored head by head (GPT-NeoX)
/// @param optionalPrefix start of names that some files leave out
/// @param buffers endings of names that are no parameters
record TensorNames(
        Map<String, List<String>> names,
        String block,
        boolean transposed,
        boolean interleaved,
        String optionalPrefix,
        List<String> buffers) {

    private static final Map<String, String> LLAMA = Map.ofEntries(
            Map.entry("embed", "model.embed_tokens"),
            Map.entry("final_norm", "model.norm"),
            Map.entry("head", "lm_head"),
            Map.entry("attention_norm", "input_layernorm"),
            Map.entry("qkv", "self_attn.q_proj self_attn.k_proj self_attn.v_proj"),
            Map.entry("q_norm", "self_attn.q_norm"),
            Map.entry("k_norm", "self_attn.k_norm"),
            Map.entry("attention_out", "self_attn.o_proj"),
            Map.entry("mlp_norm", "post_attention_layernorm"),
            Map.entry("gate_up", "mlp.gate_proj mlp.up_proj"),
            Map.entry("down", "mlp.down_proj"));

    private static final Map<String, String> AFTER_NORMS =
            Map.of("post_attention_norm", "post_attention_layernorm", "post_mlp_norm", "post_feedforward_layernorm");

    private static final Map<String, String> GPT2 = Map.ofEntries(
            Map.entry("embed", "transformer.wte"),
            Map.entry("positions", "transformer.wpe"),
            Map.entry("final_norm", "transformer.ln_f"),
            Map.entry("head", "lm_head"),
            Map.entry("attention_norm", "ln_1"),
            Map.entry("qkv", "attn.c_attn"),
            Map.entry("attention_out", "attn.c_proj"),
            Map.entry("mlp_norm", "ln_2"),
            Map.entry("up", "mlp.c_fc"),
            Map.entry("down", "mlp.c_proj"));

    private static final Map<String, String> GPT_NEOX = Map.ofEntries(
            Map.entry("embed", "gpt_neox.embed_in"),
            Map.entry("final_norm", "gpt_neox.final_layer_norm"),
            Map.entry("head", "embed_out"),
            Map.entry("attention_norm", "input_layernorm"),
            Map.entry("qkv", "attention.query_key_value"),
            Map.entry("attention_out", "attention.dense"),
            Map.entry("mlp_norm", "post_attention_layernorm"),
            Map.entry("up", "mlp.dense_h_to_4h"),
            Map.entry("down", "mlp.dense_4h_to_h"));

    static TensorNames of(String family) {
        return switch (family) {
            case "gpt2" ->
                new TensorNames(
                        split(GPT2),
                        "transformer.h.#.",
                        true,
                        false,
                        "transformer.",
                        List.of(".attn.bias", ".attn.masked_bias"));
            case "gpt_neox" ->
                new TensorNames(
                        split(GPT_NEOX),
                        "gpt_neox.layers.#.",
                        false,
                        true,
                        "gpt_neox.",
                        List.of(".attention.bias", ".attention.masked_bias", ".attention.rotary_emb.inv_freq"));
            case "phi3" -> llama(Map.of("qkv", "self_attn.qkv_proj", "gate_up", "mlp.gate_up_proj"));
            case "olmo2" -> llama(AFTER_NORMS);
            case "gemma2", "gemma3_text" -> {
                Map<String, String> changes = new HashMap<>(AFTER_NORMS);
                changes.put("mlp_norm", "pre_feedforward_layernorm");
                yield llama(changes);
            }
            case "mixtral" ->
                llama(Map.of(
                        "router", "block_sparse_moe.gate",
                        "experts.gate_up", "block_sparse_moe.experts.#.w1 block_sparse_moe.experts.#.w3",
                        "experts.down", "block_sparse_moe.experts.#.w2"));
            case "qwen3_moe" ->
                llama(Map.of(
                        "router", "mlp.gate",
                        "experts.gate_up", "mlp.experts.#.gate_proj mlp.experts.#.up_proj",
                        "experts.down", "mlp.experts.#.down_proj"));
            default -> llama(Map.of());
        };
    }

    private static TensorNames llama(Map<String, String> changes) {
        Map<String, String> names = new HashMap<>(LLAMA);
        names.putAll(changes);
        return new TensorNames(split(names), "model.layers.#.", false, false, "model.", List.of("rotary_emb.inv_freq"));
    }

    private static Map<String, List<String>> split(Map<String, String> names) {
        Map<String, List<String>> lists = new HashMap<>();
        names.forEach((ours, theirs) -> lists.put(ours, List.of(theirs.split(" "))));
        return Map.copyOf(lists);
    }

    /// Names of the tensors that make up our `name`, which is outside the blocks.
    List<String> outside(String name) {
        return names.getOrDefault(name, List.of());
    }

    /// Names of the tensors that make up our `name` of block `layer`.
    List<String> inside(int layer, String name) {
        String prefix = block.replace("#", Integer.toString(layer));
        return outside(name).stream().map(prefix::concat).toList();
    }

    /// Names of the tensors that make up our `name` of expert `expert` in block `layer`.
    List<String> inExpert(int layer, int expert, String name) {
        String prefix = block.replace("#", Integer.toString(layer));
        return outside("experts." + name).stream()
                .map(theirs -> prefix + theirs.replace("#", Integer.toString(expert)))
                .toList();
    }
}
