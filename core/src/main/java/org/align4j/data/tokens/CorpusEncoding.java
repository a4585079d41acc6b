package org.align4j.data.tokens;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.SpecialToken;
import org.align4j.tokenizer.Tokenizer;

/// How documents become tokens: each begins with what the tokenizer puts before every text, or else
/// with BOS or EOS, so that its first word is predicted from something, and ends with EOS.
public final class CorpusEncoding {
    private final Tokenizer tokenizer;
    private final int[] begin;
    private final int end;

    /// @throws AlignException.Config for a tokenizer without EOS
    public CorpusEncoding(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        end = tokenizer
                .eos()
                .map(SpecialToken::id)
                .orElseThrow(() -> new AlignException.Config("tokenizer: names no eos_token, which is to end documents;"
                        + " name one in its tokenizer_config.json"));
        int[] prefix = tokenizer.encodePrompt("");
        begin = prefix.length > 0
                ? prefix
                : new int[] {tokenizer.bos().map(SpecialToken::id).orElse(end)};
    }

    /// Bytes that an id needs.
    int idBytes() {
        return tokenizer.vocabularySize() <= 1 << Short.SIZE ? Short.BYTES : Integer.BYTES;
    }

    /// The ids of a document's beginning, for a model to go on from.
    public int[] beginning(String text) {
        return encode(new Corpus.Piece(text, false), true);
    }

    /// @param first whether the document begins with this piece
    int[] encode(Corpus.Piece piece, boolean first) {
        int[] ids = first ? tokenizer.encode(piece.text()) : tokenizer.encodeContinuation(piece.text());
        IntStream before = first ? Arrays.stream(begin) : IntStream.empty();
        IntStream after = piece.last() ? IntStream.of(end) : IntStream.empty();
        return IntStream.concat(IntStream.concat(before, Arrays.stream(ids)), after)
                .toArray();
    }
}
