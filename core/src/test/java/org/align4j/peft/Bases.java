package org.align4j.peft;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.align4j.checkpoint.Safetensors;
import org.align4j.peft.BaseShapes.Linear;

/// Base models' shapes for tests.
final class Bases {
    private static final Set<String> EMBEDDINGS = Set.of("embed_tokens", "wte", "wpe", "embed_in");

    private Bases() {}

    /// The shapes of a Hugging Face directory.
    ///
    /// @param transposed whether its linear weights are stored as `[inputs, outputs]`
    static BaseShapes of(Path directory, boolean transposed) {
        SequencedMap<String, Linear> linears = new LinkedHashMap<>();
        SequencedMap<String, List<Long>> parameters = new LinkedHashMap<>();
        try (Safetensors file = Safetensors.open(directory)) {
            for (String name : file.names()) {
                List<Long> shape = Arrays.stream(file.shape(name)).boxed().toList();
                parameters.put(name, shape);
                String module = name.replaceFirst("\\.weight$", "");
                if (shape.size() == 2 && !EMBEDDINGS.contains(module.substring(module.lastIndexOf('.') + 1))) {
                    linears.put(
                            module,
                            transposed
                                    ? new Linear(shape.get(1), shape.get(0))
                                    : new Linear(shape.get(0), shape.get(1)));
                }
            }
        }
        return new BaseShapes(directory.toString(), linears, parameters);
    }

    /// A small Llama: q_proj 8 → 8, v_proj 8 → 4, down_proj 12 → 8 in each layer, and the head.
    static BaseShapes llama(int layers) {
        SequencedMap<String, Linear> linears = new LinkedHashMap<>();
        SequencedMap<String, List<Long>> parameters = new LinkedHashMap<>();
        parameters.put("model.embed_tokens.weight", List.of(20L, 8L));
        for (int layer = 0; layer < layers; layer++) {
            String prefix = "model.layers." + layer + ".";
            linears.put(prefix + "self_attn.q_proj", new Linear(8, 8));
            linears.put(prefix + "self_attn.v_proj", new Linear(4, 8));
            linears.put(prefix + "mlp.down_proj", new Linear(8, 12));
        }
        linears.put("lm_head", new Linear(20, 8));
        linears.forEach((name, linear) -> parameters.put(name + ".weight", List.of(linear.outputs(), linear.inputs())));
        return new BaseShapes("tiny-llama", linears, parameters);
    }

    /// GPT-2's linear modules.
    static BaseShapes gpt2() {
        SequencedMap<String, Linear> linears = new LinkedHashMap<>();
        for (int layer = 0; layer < 12; layer++) {
            String prefix = "transformer.h." + layer + ".";
            linears.put(prefix + "attn.c_attn", new Linear(2304, 768));
            linears.put(prefix + "attn.c_proj", new Linear(768, 768));
            linears.put(prefix + "mlp.c_fc", new Linear(3072, 768));
            linears.put(prefix + "mlp.c_proj", new Linear(768, 3072));
        }
        return new BaseShapes("gpt2", linears, new LinkedHashMap<>());
    }
}
