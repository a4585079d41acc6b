package org.align4j.checkpoint;

import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import org.align4j.model.WeightLayout;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.GgufVocabulary;
import org.align4j.tokenizer.Tokenizer;

/// What a model is, without its weights: headers are read, tensors are not.
///
/// @param source where it is
/// @param stored numbers by the type they are stored in
/// @param template its chat template, if it has one
public record ModelDescription(
        ModelSource source,
        ModelConfig config,
        SortedMap<String, Long> stored,
        Tokenizer tokenizer,
        Optional<ChatTemplate> template)
        implements AutoCloseable {
    /// Reads what `path` names: a model directory, a GGUF file, or a run.
    ///
    /// @throws org.align4j.error.AlignException.Model for a path without a model, or one that is
    ///     not understood
    /// @throws org.align4j.error.AlignException.Checkpoint for weights that are missing or damaged
    public static ModelDescription read(Path path) {
        ModelSource source = ModelSource.of(path);
        return switch (source) {
            case ModelSource.GgufFile gguf -> ofGguf(gguf);
            case ModelSource.Directory directory -> ofDirectory(directory);
            case ModelSource.Run run -> ofDirectory(run);
        };
    }

    private static ModelDescription ofDirectory(ModelSource source) {
        ModelConfig config = HfConfig.read(source.path().resolve("config.json"));
        try (WeightFile weights = WeightFile.open(source.path())) {
            return of(source, config, weights, Tokenizer.load(source.path()));
        }
    }

    private static ModelDescription ofGguf(ModelSource source) {
        String place = source.path().toString();
        try (Gguf weights = Gguf.open(source.path())) {
            return of(
                    source,
                    GgufConfig.read(place, weights),
                    weights,
                    GgufVocabulary.of(GgufModel.values(weights), place).tokenizer(place));
        }
    }

    private static ModelDescription of(
            ModelSource source, ModelConfig config, WeightFile weights, Tokenizer tokenizer) {
        try {
            SortedMap<String, Long> stored = new TreeMap<>();
            weights.names().forEach(name -> stored.merge(weights.dtype(name), weights.valueCount(name), Long::sum));
            return new ModelDescription(source, config, stored, tokenizer, LoadedModel.template(tokenizer));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /// The parameters that the configuration makes.
    public WeightLayout layout() {
        return WeightLayout.of(config.architecture());
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
