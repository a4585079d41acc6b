package org.align4j.checkpoint;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.model.ModelConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.GgufVocabulary;
import org.align4j.tokenizer.Tokenizer;

/// A model with everything that talking to it or training it needs. The weights belong to the
/// scope that it was loaded in; closing frees the tokenizer.
///
/// @param source where it came from
/// @param config the model's description
/// @param template its chat template, if it has one
/// @param eosIds every token that ends an answer
public record LoadedModel(
        ModelSource source,
        CausalLm model,
        ModelConfig config,
        Tokenizer tokenizer,
        Optional<ChatTemplate> template,
        Set<Integer> eosIds)
        implements AutoCloseable {
    /// Loads what `path` names: a model directory, a GGUF file, or a run (its newest checkpoint).
    ///
    /// @param trained whether the weights are to be trained
    /// @throws AlignException.Model for a path without a model, or one that is not understood
    /// @throws AlignException.Checkpoint for weights that are missing or damaged
    public static LoadedModel load(Path path, DType dtype, Device device, boolean trained) {
        ModelSource source = ModelSource.of(path);
        return switch (source) {
            case ModelSource.Directory directory -> ofDirectory(directory, dtype, device, trained);
            case ModelSource.Run run -> ofDirectory(run, dtype, device, trained);
            case ModelSource.GgufFile file -> ofGguf(file, dtype, device, trained);
        };
    }

    private static LoadedModel ofDirectory(ModelSource source, DType dtype, Device device, boolean trained) {
        HfModel loaded = HfModel.load(source.path(), dtype, device, trained);
        return of(source, loaded.model(), loaded.config(), Tokenizer.load(source.path()));
    }

    private static LoadedModel ofGguf(ModelSource source, DType dtype, Device device, boolean trained) {
        GgufModel loaded = GgufModel.load(source.path(), dtype, device, trained);
        String place = source.path().toString();
        Tokenizer tokenizer = GgufVocabulary.of(loaded.metadata(), place).tokenizer(place);
        return of(source, loaded.model(), loaded.config(), tokenizer);
    }

    /// A new model with the first weights of `seed`, to be trained.
    ///
    /// @param folder where it is to be
    public static LoadedModel create(
            Path folder, ModelConfig config, Tokenizer tokenizer, DType dtype, Device device, long seed) {
        CausalLm model = new CausalLm(config.architecture(), dtype, device, true);
        model.initialise(config.initializerRange(), seed);
        return of(new ModelSource.Directory(folder), model, config, tokenizer);
    }

    /// Puts a model and its tokenizer together.
    static LoadedModel of(ModelSource source, CausalLm model, ModelConfig config, Tokenizer tokenizer) {
        Set<Integer> eosIds = new LinkedHashSet<>(config.endTokens());
        eosIds.addAll(tokenizer.eosIds());
        Optional<ChatTemplate> template = tokenizer
                .config()
                .chatTemplate()
                .map(text -> ChatTemplate.of(text, tokenizer.config().specialTokens()));
        return new LoadedModel(source, model, config, tokenizer, template, Set.copyOf(eosIds));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
