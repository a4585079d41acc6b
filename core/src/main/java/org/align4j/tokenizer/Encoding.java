package org.align4j.tokenizer;

import java.util.Arrays;
import org.align4j.error.AlignException;

/// The tokens of a text and where each comes from.
///
/// Offsets count Unicode code points of the text, as Python does, not UTF-16 units. They may
/// overlap: the bytes of one character have the same offsets, and a prefix space that the
/// tokenizer adds borrows those of the first character.
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

    /// The first `count` tokens.
    Encoding first(int count) {
        return new Encoding(Arrays.copyOf(ids, count), Arrays.copyOf(starts, count), Arrays.copyOf(ends, count));
    }

    /// These tokens, then those of a text that starts at code point `point` of this one's.
    Encoding then(Encoding rest, int point) {
        int size = size();
        int[] allIds = Arrays.copyOf(ids, size + rest.size());
        int[] allStarts = Arrays.copyOf(starts, size + rest.size());
        int[] allEnds = Arrays.copyOf(ends, size + rest.size());
        for (int i = 0; i < rest.size(); i++) {
            allIds[size + i] = rest.ids[i];
            allStarts[size + i] = rest.starts[i] + point;
            allEnds[size + i] = rest.ends[i] + point;
        }
        return new Encoding(allIds, allStarts, allEnds);
    }
}
