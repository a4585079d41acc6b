package org.align4j.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
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
                layers(),
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
                experts());
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

    private List<Layer> layers() {
        int count = config.size("num_hidden_layers");
        int intermediate = config.size("intermediate_size");
        return switch (family) {
            case "qwen2", "qwen3" -> {
                int window = slidingWindow(config.flag("use_sliding_window"));
                int first = config.find("max_window_layers")
                        .map(value -> value.asInt(0))
                        .orElse(0);
                yield layers(count, window, types(count, i -> window > 0 && i >= first), i -> 0, intermediate);
            }
            case "gemma2" -> {
                config.ignore(List.of("hidden_act"));
                yield layers(count, slidingWindow(true), types(count, i -> i % 2 == 0), i -> 0, intermediate);
            }
            case "gemma3_text" -> {
                config.ignore(List.of("hidden_act", "_sliding_window_pattern"));
                int pattern = config.size("sliding_window_pattern");
                List<Boolean> sliding = types(count, i -> (i + 1) % pattern != 0);
                yield layers(count, slidingWindow(true), sliding, i -> sliding.get(i) ? 1 : 0, intermediate);
            }
            case "smollm3" -> {
                config.ignore(List.of("max_window_layers"));
                int window = slidingWindow(config.flag("use_sliding_window"));
                List<Boolean> rotated = rotatedLayers(count);
                List<Boolean> sliding = types(count, i -> window > 0 && !rotated.get(i));
                yield layers(count, window, sliding, i -> rotated.get(i) ? 0 : -1, intermediate);
            }
            case "qwen3_moe" -> mixtureLayers(count, intermediate);
            case "mixtral" -> {
                List<Layer> layers = new ArrayList<>();
                int window = slidingWindow(true);
                for (int i = 0; i < count; i++) {
                    layers.add(new Layer(window, 0, true, intermediate));
                }
                yield layers;
            }
            case "mistral", "phi3" -> uniform(count, slidingWindow(true), intermediate);
            default -> uniform(count, 0, intermediate);
        };
    }

    private static List<Layer> uniform(int count, int window, int intermediate) {
        return Collections.nCopies(count, new Layer(window, 0, false, intermediate));
    }

    private interface RopeOfLayer {
        int of(int layer);
    }

    private static List<Layer> layers(
            int count, int window, List<Boolean> sliding, RopeOfLayer rope, int intermediate) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Layer(sliding.get(i) ? window : 0, rope.of(i), false, intermediate))
                .toList();
    }

    private int slidingWindow(boolean used) {
        OptionalInt window = config.optionalSize("sliding_window");
        return used ? window.orElse(0) : 0;
    }

    /// Which layers have a window: as `layer_types` says, or else as `otherwise` does.
    private List<Boolean> types(int count, IntPredicate otherwise) {
        if (!config.gives("layer_types")) {
            config.ignore(List.of("layer_types"));
            return IntStream.range(0, count).mapToObj(otherwise::test).toList();
        }
        List<String> types = config.texts("layer_types");
        for (String type : types) {
            if (!type.equals("full_attention") && !type.equals("sliding_attention")) {
                config.fault("layer_types", "has \"" + type + "\"; known are full_attention, sliding_attention");
            }
        }
        if (types.size() != count) {
            config.fault("layer_types", "has " + types.size() + " entries for " + count + " layers");
            return Collections.nCopies(count, false);
        }
        return types.stream().map("sliding_attention"::equals).toList();
    }

    /// SmolLM3's `no_rope_layers` has 1 for layers that do rotate.
    private List<Boolean> rotatedLayers(int count) {
        int interval = config.size("no_rope_layer_interval");
        if (!config.gives("no_rope_layers")) {
            config.ignore(List.of("no_rope_layers"));
            return IntStream.range(0, count)
                    .mapToObj(i -> (i + 1) % interval != 0)
                    .toList();
        }
        List<Integer> rotated = config.integers("no_rope_layers");
        if (rotated.size() < count) {
            config.fault("no_rope_layers", "has " + rotated.size() + " entries for " + count + " layers");
            return Collections.nCopies(count, true);
        }
        return rotated.subList(0, count).stream().map(flag -> flag != 0).toList();
    }

    private List<Layer> mixtureLayers(int count, int intermediate) {
        config.ignore(List.of("max_window_layers"));
        int window = slidingWindow(config.flag("use_sliding_window"));
        int step = config.size("decoder_sparse_step");
        int expertSize = config.size("moe_intermediate_size");
        List<Integer> dense = config.integers("mlp_only_layers");
        return IntStream.range(0, count)
                .mapToObj(i -> (i + 1) % step == 0 && !dense.contains(i)
                        ? new Layer(window, 0, true, expertSize)
                        : new Layer(window, 0, false, intermediate))
                .toList();
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
                uniform(config.size("num_hidden_layers"), 0, config.size("intermediate_size")),
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
                Optional.empty());
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
                Optional.empty());
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
