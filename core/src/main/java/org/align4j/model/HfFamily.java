package org.align4j.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.model.Architecture.Experts;
import org.align4j.model.Architecture.Layer;
import org.align4j.model.Architecture.NormPlacement;
import org.align4j.model.Architecture.QueryKeyNorm;
import org.align4j.model.Architecture.Rope;
import org.align4j.nn.Activation;
import org.align4j.nn.Norm;

/// Turns the keys of one family's `config.json` into an [Architecture].
final class HfFamily {
    private final String family;
    private final ConfigReader config;

    HfFamily(String family, ConfigReader config) {
        this.family = family;
        this.config = config;
    }

    /// @throws IllegalArgumentException if values don't fit together
    Architecture architecture() {
        return switch (family) {
            case "gpt2" -> gpt2();
            case "gpt_neox" -> gptNeox();
            default -> llamaLike();
        };
    }

    private Architecture llamaLike() {
        boolean gemma = family.startsWith("gemma");
        int hidden = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        int headSize = config.optionalSize("head_dim").orElse(Math.max(1, hidden / heads));
        int maxPositions = config.size("max_position_embeddings");
        HfRope rope = new HfRope(config, headSize, maxPositions);
        List<Rope> ropes = ropes(rope);
        boolean attentionBias = family.equals("qwen2") ? noFlag() : bias("attention_bias");
        return new Architecture(
                family,
                config.size("vocab_size"),
                hidden,
                heads,
                config.optionalSize("num_key_value_heads").orElse(heads),
                headSize,
                maxPositions,
                new HfLayers(family, config).layers(),
                gemma ? Norm.Kind.RMS_PLUS_ONE : Norm.Kind.RMS,
                config.positiveNumber("rms_norm_eps"),
                gemma ? NormPlacement.AROUND : family.equals("olmo2") ? NormPlacement.AFTER : NormPlacement.BEFORE,
                queryKeyNorm(),
                activation(gemma ? "hidden_activation" : "hidden_act"),
                true,
                attentionBias || family.equals("qwen2"),
                attentionBias,
                bias("mlp_bias"),
                Math.pow(gemma ? config.positiveNumber("query_pre_attn_scalar") : headSize, -0.5),
                false,
                gemma ? config.optionalNumber("attn_logit_softcapping") : OptionalDouble.empty(),
                gemma ? config.optionalNumber("final_logit_softcapping") : OptionalDouble.empty(),
                gemma ? Math.sqrt(hidden) : 1,
                false,
                ropes,
                config.flag("tie_word_embeddings"),
                experts(),
                Heads.LANGUAGE);
    }

    private boolean noFlag() {
        config.accept("attention_bias", "Qwen2 always has q, k and v biases and no other", "true", "false");
        return false;
    }

    /// Families that have no such option must not be given one.
    private boolean bias(String key) {
        boolean optional = switch (family) {
            case "llama", "smollm3" -> true;
            case "qwen3", "qwen3_moe", "gemma2", "gemma3_text", "olmo2" -> key.equals("attention_bias");
            default -> false;
        };
        if (!optional) {
            config.accept(key, family + " has no such biases", "false");
            return false;
        }
        return config.flag(key);
    }

    private List<Rope> ropes(HfRope rope) {
        return switch (family) {
            case "gemma3_text" -> rope.fullAndSliding();
            case "phi3" -> {
                config.ignore(List.of("original_max_position_embeddings"));
                // options of Phi-4's own code that transformers doesn't have
                config.accept("full_attn_mod", "every layer attends alike", "1");
                config.accept("interpolate_factor", "positions are whole numbers", "1");
                yield List.of(rope.single("rope_theta", Optional.of("partial_rotary_factor")));
            }
            default -> List.of(rope.single("rope_theta", Optional.empty()));
        };
    }

    private QueryKeyNorm queryKeyNorm() {
        return switch (family) {
            case "qwen3", "qwen3_moe", "gemma3_text" -> QueryKeyNorm.PER_HEAD;
            case "olmo2" -> QueryKeyNorm.ALL_HEADS;
            default -> QueryKeyNorm.NONE;
        };
    }

    private Optional<Experts> experts() {
        if (!family.equals("mixtral") && !family.equals("qwen3_moe")) {
            return Optional.empty();
        }
        boolean normalise = family.equals("mixtral") || config.flag("norm_topk_prob");
        config.accept("router_jitter_noise", "routers have no noise", "0.0", "0");
        // transformers 4 says num_experts for Qwen3, 5 says num_local_experts
        int count = config.gives("num_experts") ? config.size("num_experts") : config.size("num_local_experts");
        return Optional.of(new Experts(
                count, config.size("num_experts_per_tok"), normalise, config.number("router_aux_loss_coef")));
    }

    private Architecture gptNeox() {
        int hidden = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        int maxPositions = config.size("max_position_embeddings");
        int headSize = Math.max(1, hidden / heads);
        // transformers 4 has its own names beside the usual ones and follows its own
        String theta = config.gives("rotary_emb_base") ? "rotary_emb_base" : "rope_theta";
        String share = config.gives("rotary_pct") ? "rotary_pct" : "partial_rotary_factor";
        config.ignore(List.of("rotary_emb_base", "rotary_pct", "rope_theta", "partial_rotary_factor"));
        Rope rope = new HfRope(config, headSize, maxPositions).single(theta, Optional.of(share));
        boolean bias = config.flag("attention_bias");
        return new Architecture(
                family,
                config.size("vocab_size"),
                hidden,
                heads,
                heads,
                headSize,
                maxPositions,
                HfLayers.uniform(config.size("num_hidden_layers"), 0, config.size("intermediate_size")),
                Norm.Kind.LAYER,
                config.positiveNumber("layer_norm_eps"),
                config.flag("use_parallel_residual") ? NormPlacement.PARALLEL : NormPlacement.BEFORE,
                QueryKeyNorm.NONE,
                activation("hidden_act"),
                false,
                bias,
                bias,
                true,
                Math.pow(headSize, -0.5),
                false,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                1,
                false,
                List.of(rope),
                config.flag("tie_word_embeddings"),
                Optional.empty(),
                Heads.LANGUAGE);
    }

    private Architecture gpt2() {
        int hidden = config.size("n_embd");
        int heads = config.size("n_head");
        int headSize = Math.max(1, hidden / heads);
        int intermediate = config.optionalSize("n_inner").orElse(4 * hidden);
        List<Layer> layers = Collections.nCopies(config.size("n_layer"), new Layer(0, -1, false, intermediate));
        return new Architecture(
                family,
                config.size("vocab_size"),
                hidden,
                heads,
                heads,
                headSize,
                config.size("n_positions"),
                layers,
                Norm.Kind.LAYER,
                config.positiveNumber("layer_norm_epsilon"),
                NormPlacement.BEFORE,
                QueryKeyNorm.NONE,
                activation("activation_function"),
                false,
                true,
                true,
                true,
                config.flag("scale_attn_weights") ? Math.pow(headSize, -0.5) : 1,
                config.flag("scale_attn_by_inverse_layer_idx"),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                1,
                true,
                List.of(),
                config.flag("tie_word_embeddings"),
                Optional.empty(),
                Heads.LANGUAGE);
    }

    private Activation activation(String key) {
        String name = config.text(key).orElse("");
        return switch (name) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu", "gelu_python" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
            default -> {
                config.fault(key, "is \"" + name + "\"; known are silu, gelu, gelu_new, gelu_pytorch_tanh");
                yield Activation.SILU;
            }
        };
    }
}
