package org.align4j.data.encode;

import org.align4j.tokenizer.Tokenizer;

/// Settles where the trained stretches of tokens end.
final class TurnEnds {
    private TurnEnds() {}

    /// Changes `mask`, `[T]`, so that each stretch ends with its end token. White space that a
    /// template writes after a turn's end token is not trained: generation stops before it. An end
    /// token right behind a stretch is trained with it: otherwise the model never learns to stop.
    ///
    /// @return how many stretches have no end token
    static int settle(Tokenizer tokenizer, int[] ids, boolean[] mask) {
        int endless = 0;
        int t = 0;
        while (t < mask.length) {
            if (!mask[t]) {
                t++;
                continue;
            }
            int first = t;
            while (t < mask.length && mask[t]) {
                t++;
            }
            int last = t - 1;
            while (last >= first && isWhite(tokenizer, ids[last])) {
                last--;
            }
            if (last >= first && isEnd(tokenizer, ids[last])) {
                java.util.Arrays.fill(mask, last + 1, t, false);
            } else if (t < mask.length && isEnd(tokenizer, ids[t])) {
                mask[t] = true;
                t++;
            } else {
                endless++;
            }
        }
        return endless;
    }

    private static boolean isEnd(Tokenizer tokenizer, int id) {
        return tokenizer.isSpecial(id) || tokenizer.eosIds().contains(id);
    }

    private static boolean isWhite(Tokenizer tokenizer, int id) {
        return !isEnd(tokenizer, id) && tokenizer.decode(new int[] {id}, false).isBlank();
    }
}
