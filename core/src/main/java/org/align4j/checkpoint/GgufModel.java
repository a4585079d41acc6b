package org.align4j.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.model.CausalLm;
import org.align4j.model.Heads;
import org.align4j.model.ModelConfig;
import org.align4j.model.WeightLayout;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// A GGUF file as a model: its metadata make the configuration, its tensors the weights.
///
/// @param model in the scope that it was loaded in; quantised weights are dequantised
/// @param config the `config.json` that the metadata stand for
/// @param metadata every key's value; [org.align4j.tokenizer.GgufVocabulary] understands those
///     of the tokenizer
public record GgufModel(CausalLm model, ModelConfig config, Map<String, Object> metadata) {
    public GgufModel {
        metadata = Collections.unmodifiableMap(metadata);
    }

    /// Loads a file.
    ///
    /// @param trained whether the weights are to be trained
    /// @throws AlignException.Model for a file without a model, or one that is not understood
    /// @throws AlignException.Checkpoint for a file that is missing or damaged
    public static GgufModel load(Path file, DType dtype, Device device, boolean trained) {
        return load(file, dtype, device, trained, Heads.LANGUAGE);
    }

    /// Loads a file.
    ///
    /// @param heads wanted; a scalar head is zero, as there is none in the file
    public static GgufModel load(Path file, DType dtype, Device device, boolean trained, Heads heads) {
        String place = file.toString();
        try (Gguf gguf = Gguf.open(file)) {
            ModelConfig config = GgufConfig.read(place, gguf).withHeads(heads);
            CausalLm model = new CausalLm(config.architecture(), dtype, device, trained);
            GgufLayout layout =
                    GgufLayout.of(WeightLayout.of(config.architecture().withHeads(Heads.LANGUAGE)));
            layout.match(place, gguf);
            WeightLoader.load(
                    model,
                    weight -> weight.name().equals(WeightLayout.SCORE) ? List.of() : layout.stored(gguf, weight));
            return new GgufModel(model, config, values(gguf));
        }
    }

    static Map<String, Object> values(Gguf gguf) {
        Map<String, Object> values = new LinkedHashMap<>();
        gguf.metadata().values().forEach((key, value) -> values.put(key, value.value()));
        return values;
    }
}
