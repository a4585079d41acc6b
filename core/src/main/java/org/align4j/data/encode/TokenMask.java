package org.align4j.data.encode;

import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.align4j.tokenizer.Encoding;

/// Carries trained stretches of a text over to its tokens.
///
/// @param mask true: the token is trained, `[T]`
/// @param straddling tokens with text both inside and outside a trained stretch; they are trained
/// @param endless stretches that end without a special token, so that stopping is not learned there
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
record TokenMask(boolean[] mask, int straddling, int endless) {
    /// Marks the tokens of `text`.
    ///
    /// White space that a template writes after a turn's end token is not trained: generation stops
    /// before it. An end token right behind a stretch is trained with it: otherwise the model never
    /// learns to stop.
    ///
    /// @param special whether an id is a special token
    /// @param ends ids that end a turn
    static TokenMask of(MarkedText text, Encoding encoding, IntPredicate special, Set<Integer> ends) {
        int size = encoding.size();
        int[] starts = starts(text.text(), encoding);
        boolean[] mask = new boolean[size];
        int straddling = 0;
        int endless = 0;
        int utf16 = 0;
        int point = 0;
        int token = 0;
        for (TextSpan span : text.trained()) {
            int from = point + text.text().codePointCount(utf16, span.start());
            int to = from + text.text().codePointCount(span.start(), span.end());
            utf16 = span.end();
            point = to;
            while (token < size && encoding.ends()[token] <= from && starts[token] < from) {
                token++;
            }
            int first = token;
            while (token < size && starts[token] < to) {
                boolean inside = starts[token] >= from && encoding.ends()[token] <= to;
                straddling += inside ? 0 : 1;
                mask[token] = true;
                token++;
            }
            endless += settleEnd(text.text(), encoding, mask, first, token, special, ends) ? 0 : 1;
        }
        return new TokenMask(mask, straddling, endless);
    }

    /// Whether the stretch of tokens `first` to `end` (excluded) ends in a trained special token.
    private static boolean settleEnd(
            String text,
            Encoding encoding,
            boolean[] mask,
            int first,
            int end,
            IntPredicate special,
            Set<Integer> ends) {
        int last = end - 1;
        while (last >= first && !special.test(encoding.ids()[last]) && isWhite(text, encoding, last)) {
            last--;
        }
        if (last >= first && special.test(encoding.ids()[last])) {
            for (int t = last + 1; t < end; t++) {
                mask[t] = false;
            }
            return true;
        }
        boolean endsNext = end < mask.length && ends.contains(encoding.ids()[end]);
        if (endsNext) {
            mask[end] = true;
        }
        return endsNext;
    }

    private static boolean isWhite(String text, Encoding encoding, int token) {
        return slice(text, encoding.starts()[token], encoding.ends()[token]).isBlank();
    }

    /// Where tokens really start: tokenizers that trim offsets leave a token's leading space out, and
    /// a prompt that ends with that space would straddle unseen.
    private static int[] starts(String text, Encoding encoding) {
        int[] starts = encoding.starts().clone();
        int[] points = text.codePoints().toArray();
        for (int t = 1; t < starts.length; t++) {
            int before = encoding.ends()[t - 1];
            boolean gap = before < starts[t];
            for (int p = before; gap && p < starts[t]; p++) {
                gap = Character.isWhitespace(points[p]);
            }
            if (gap) {
                starts[t] = before;
            }
        }
        return starts;
    }

    private static String slice(String text, int from, int to) {
        int start = text.offsetByCodePoints(0, from);
        return text.substring(start, text.offsetByCodePoints(start, to - from));
    }
}
