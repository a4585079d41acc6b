package org.align4j.tokenizer;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;

/// Tokens by id and ids by token, in the tokenizer's own spelling (`Ġthe`, `▁the`, `<0x0A>`).
///
/// Ids may have gaps. Added tokens belong to it; the special ones among them can be left out when
/// decoding.
final class Vocabulary {
    /// More ids than any tokenizer has: a file that claims more is broken.
    private static final int MOST = 1 << 24;

    private final Map<String, Integer> ids;
    private final BitSet added = new BitSet();
    private final BitSet special = new BitSet();
    private @Nullable String[] tokens;
    private int size;

    Vocabulary(int expected) {
        ids = HashMap.newHashMap(expected);
        tokens = new @Nullable String[Math.max(expected, 16)];
    }

    /// Adds a token of the model.
    void put(String token, int id) {
        if (id < 0 || id >= MOST) {
            throw new AlignException.Model(
                    "tokenizer: token \"" + token + "\" has id " + id + "; ids go from 0 to " + (MOST - 1));
        }
        ids.put(token, id);
        if (id >= tokens.length) {
            @Nullable String[] larger = new @Nullable String[Math.max(id + 1, tokens.length * 2)];
            System.arraycopy(tokens, 0, larger, 0, size);
            tokens = larger;
        }
        tokens[id] = token;
        size = Math.max(size, id + 1);
    }

    /// Adds a token that is recognised in the text before the model sees it.
    void putAdded(String token, int id, boolean isSpecial) {
        put(token, id);
        added.set(id);
        special.set(id, isSpecial);
    }

    /// One more than the highest id.
    int size() {
        return size;
    }

    OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /// The token's spelling, or null where the vocabulary has a gap.
    @Nullable
    String token(int id) {
        return id >= 0 && id < size ? tokens[id] : null;
    }

    boolean isAdded(int id) {
        return id >= 0 && added.get(id);
    }

    boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    /// Whether the token stands for one byte, as in `<0x0A>`.
    boolean isByte(int id) {
        String token = token(id);
        return token != null && token.length() == 6 && token.startsWith("<0x") && token.endsWith(">");
    }
}
