package org.align4j.tokenizer;

import java.util.Arrays;

/// Decodes ids as they are generated. The pieces, with the one of [#finish], joined are what
/// decoding all ids at once gives: a piece never ends inside a character and never loses its
/// leading space.
///
/// A window of ids is decoded each time: those of the last piece, which give the context that a
/// leading space needs, and those not yet given out. Ids wait while their text ends in U+FFFD (a
/// character whose bytes are not all there) or inside a run of byte tokens, which decode
/// together.
public final class StreamDecoder {
    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;
    private int[] window = new int[16];
    private int size;
    /// How many ids of the window belong to the last piece.
    private int given;

    StreamDecoder(Tokenizer tokenizer, boolean skipSpecialTokens) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    /// Takes one id and returns the text that is now complete, often empty.
    public String next(int id) {
        if (skipSpecialTokens && tokenizer.isSpecial(id)) {
            return "";
        }
        if (size == window.length) {
            window = Arrays.copyOf(window, size * 2);
        }
        window[size++] = id;
        if (tokenizer.hasByteFallback() && tokenizer.vocabulary().isByte(id)) {
            return "";
        }
        String piece = pending();
        if (piece.isEmpty() || piece.endsWith("\uFFFD")) {
            return "";
        }
        window = Arrays.copyOfRange(window, given, Math.max(size, given + 16));
        size -= given;
        given = size;
        return piece;
    }

    /// The rest of the text, with U+FFFD for characters that were never completed.
    public String finish() {
        String piece = pending();
        given = size;
        return piece;
    }

    private String pending() {
        String before = tokenizer.decode(Arrays.copyOf(window, given), skipSpecialTokens);
        String now = tokenizer.decode(Arrays.copyOf(window, size), skipSpecialTokens);
        return now.substring(Math.min(before.length(), now.length()));
    }
}
