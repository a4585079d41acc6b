package org.align4j.checkpoint;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.model.Heads;
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
    /// Loads a language model that `path` names: a model directory, a GGUF file, or a run (its
    /// newest checkpoint).
    ///
    /// @param trained whether the weights are to be trained
    /// @throws AlignException.Model for a path without a model, or one that is not understood
    /// @throws AlignException.Checkpoint for weights that are missing or damaged
    public static LoadedModel load(Path path, DType dtype, Device device, boolean trained) {
        return load(path, dtype, device, trained, Heads.LANGUAGE);
    }

    /// Loads what `path` names with the heads that are wanted. A scalar head that isn't there is
    /// zero.
    ///
    /// @param trained whether the weights are to be trained
    /// @throws AlignException.Model for a path without a model, or one that is not understood
    /// @throws AlignException.Checkpoint for weights that are missing or damaged
    public static LoadedModel load(Path path, DType dtype, Device device, boolean trained, Heads heads) {
        ModelSource source = ModelSource.of(path);
        return switch (source) {
            case ModelSource.Directory directory -> ofDirectory(directory, dtype, device, trained, heads);
            case ModelSource.Run run -> ofDirectory(run, dtype, device, trained, heads);
            case ModelSource.GgufFile file -> ofGguf(file, dtype, device, trained, heads);
        };
    }

    private static LoadedModel ofDirectory(
            ModelSource source, DType dtype, Device device, boolean trained, Heads heads) {
        if (heads == Heads.LANGUAGE && HfModel.isScoring(source.path())) {
            throw new AlignException.Model(source.path()
                    + ": is a reward model, which scores texts and writes none; use it with align4j score");
        }
        HfModel loaded = HfModel.load(source.path(), dtype, device, trained, heads);
        return of(source, loaded.model(), loaded.config(), Tokenizer.load(source.path()));
    }

    private static LoadedModel ofGguf(ModelSource source, DType dtype, Device device, boolean trained, Heads heads) {
        GgufModel loaded = GgufModel.load(source.path(), dtype, device, trained, heads);
        String place = source.path().toString();
        Tokenizer tokenizer = GgufVocabulary.of(loaded.metadata(), place).tokenizer(place);
        return of(source, loaded.model(), loaded.config(), tokenizer);
    }

    /// A new model with the first weights of `seed`, to be trained.
    ///
    /// @param folder where it is to be
    /// @param tokenizer belongs to the result, and is closed if there is none
    public static LoadedModel create(
            Path folder, ModelConfig config, Tokenizer tokenizer, DType dtype, Device device, long seed) {
        CausalLm model;
        try {
            model = new CausalLm(config.architecture(), dtype, device, true);
            model.initialise(config.initializerRange(), seed);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
        return of(new ModelSource.Directory(folder), model, config, tokenizer);
    }

    /// Puts a model and its tokenizer together; closes the tokenizer if that fails.
    static LoadedModel of(ModelSource source, CausalLm model, ModelConfig config, Tokenizer tokenizer) {
        try {
            Set<Integer> eosIds = new LinkedHashSet<>(config.endTokens());
            eosIds.addAll(tokenizer.eosIds());
            return new LoadedModel(source, model, config, tokenizer, template(tokenizer), Set.copyOf(eosIds));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /// The tokenizer's chat template, if it has one.
    static Optional<ChatTemplate> template(Tokenizer tokenizer) {
        return tokenizer
                .config()
                .chatTemplate()
                .map(text -> ChatTemplate.of(text, tokenizer.config().specialTokens()));
    }

    /// The same model with another `config.json` to be saved with.
    public LoadedModel withConfig(ModelConfig changed) {
        return new LoadedModel(source, model, changed, tokenizer, template, eosIds);
    }

    /// The same model, said to come from elsewhere: from the adapter that was put on it.
    public LoadedModel from(ModelSource other) {
        return new LoadedModel(other, model, config, tokenizer, template, eosIds);
    }

    /// Refuses another model, such as a reference, that speaks of other tokens.
    ///
    /// @param place of its name, for the message
    /// @throws AlignException.Config for one whose tokens are others
    public void requireTokensOf(LoadedModel other, String place) {
        if (!sameTokens(other)) {
            throw new AlignException.Config(
                    place + ": the vocabulary of " + other.source().path() + " ("
                            + other.model().architecture().vocabularySize() + " tokens) is not that of "
                            + source.path() + " (" + model.architecture().vocabularySize()
                            + "), so the same ids are other tokens to it; name a model with the same tokenizer");
        }
    }

    private boolean sameTokens(LoadedModel other) {
        int size = tokenizer.vocabularySize();
        return model.architecture().vocabularySize()
                        == other.model().architecture().vocabularySize()
                && size == other.tokenizer().vocabularySize()
                && IntStream.range(0, size)
                        .allMatch(id ->
                                tokenizer.token(id).equals(other.tokenizer().token(id)));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
