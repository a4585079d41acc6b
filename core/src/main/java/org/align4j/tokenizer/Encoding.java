package org.align4j.tokenizer;

import org.align4j.error.AlignException;

/// The tokens of a text and where each comes from.
///
/// Offsets count Unicode code points of the text, as Python does, not UTF-16 units. They may overlap: the bytes of one
/// character have the same offsets, and a prefix space that the tokenizer adds borrows those of the first character.
///
/// @param ids token ids, `[N]`
/// @param starts first code point of each token, `[N]`
/// @param ends one past the last code point of each token, `[N]`
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record Encoding(int[] ids, int[] starts, int[] ends) {
    public Encoding {
        if (ids.length != starts.length || ids.length != ends.length) {
            throw new AlignException.Data("Encoding: " + ids.length + " ids with " + starts.length + " starts and "
                    + ends.length + " ends; give one of each for every token");
        }
    }

    /// The number of tokens.
    public int size() {
        return ids.length;
    }
}
