package org.align4j.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.align4j.model.Architecture.Layer;

/// Reads what differs from block to block in a `config.json`: windows, rotations and experts.
///
/// @param family the model type
/// @param config the whole file
record HfLayers(String family, ConfigReader config) {
    /// The blocks, in order.
    List<Layer> layers() {
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

    /// Blocks that are all alike and without experts.
    static List<Layer> uniform(int count, int window, int intermediate) {
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
}
