package org.align4j.rl;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.SpecialToken;
import org.align4j.tokenizer.Tokenizer;

/// Chooses the token that fills batches of a reward model in other libraries. transformers scores a
/// text at its last token that isn't the padding token: with EOS for padding, as many tokenizers
/// have it, that would be the one before.
public final class PadToken {
    private PadToken() {}

    /// An id that never ends a text.
    ///
    /// @throws AlignException.Model for a vocabulary without one
    public static int of(LoadedModel model) {
        Tokenizer tokenizer = model.tokenizer();
        Set<Integer> ends = model.eosIds();
        Stream<Integer> named = Stream.of(
                        model.config().padToken().stream().boxed(),
                        Stream.of(tokenizer.pad(), tokenizer.unk())
                                .flatMap(Optional::stream)
                                .map(SpecialToken::id))
                .flatMap(ids -> ids);
        List<Integer> special = IntStream.range(0, tokenizer.vocabularySize())
                .filter(tokenizer::isSpecial)
                .boxed()
                .toList();
        Stream<Integer> padding = special.stream()
                .filter(id -> tokenizer.token(id).toLowerCase(Locale.ROOT).contains("pad"));
        return Stream.of(named, padding, special.reversed().stream())
                .flatMap(ids -> ids)
                .filter(id ->
                        !ends.contains(id) && id < model.model().architecture().vocabularySize())
                .findFirst()
                .orElseThrow(() -> new AlignException.Model(model.source().path()
                        + ": every special token ends a text; add a padding token to the tokenizer"));
    }
}
