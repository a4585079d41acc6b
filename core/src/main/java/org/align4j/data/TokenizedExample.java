package org.align4j.data;

import java.util.Arrays;
import org.align4j.error.AlignException;

/// One sequence of token ids with the trained ones marked. The arrays are shared, not copied: treat
/// them as read-only. Two examples are equal when their tokens, masks and sources are.
///
/// @param tokens ids, `[T]`, at least one
/// @param lossMask `[T]`; true: this token is a trained target, predicted from the tokens before
///     it. The first one is never a target: nothing predicts it
/// @param source where the example came from
@SuppressWarnings("ArrayRecordComponent") // equals compares contents
public record TokenizedExample(int[] tokens, boolean[] lossMask, Source source) {
    /// Checks sizes.
    ///
    /// @throws AlignException.Data when there are no tokens, the sizes differ, or the first token
    ///     is marked as a target
    public TokenizedExample {
        if (tokens.length == 0) {
            throw new AlignException.Data(source + ": no tokens; a sequence needs at least one");
        }
        if (tokens.length != lossMask.length) {
            throw new AlignException.Data(
                    source + ": " + tokens.length + " tokens but a loss mask of " + lossMask.length);
        }
        if (lossMask[0]) {
            throw new AlignException.Data(
                    source + ": the first token is marked as trained, but nothing predicts it; clear its mask");
        }
    }

    /// All tokens but the first are targets.
    public static TokenizedExample allTrained(int[] tokens, Source source) {
        boolean[] mask = new boolean[tokens.length];
        Arrays.fill(mask, true);
        if (mask.length > 0) {
            mask[0] = false;
        }
        return new TokenizedExample(tokens, mask, source);
    }

    public int length() {
        return tokens.length;
    }

    /// How many tokens are targets.
    public int trainedTokens() {
        int count = 0;
        for (boolean trained : lossMask) {
            count += trained ? 1 : 0;
        }
        return count;
    }

    /// Where its first target is, which is how many tokens are given; its length where there is no
    /// target.
    public int firstTarget() {
        int first = 0;
        while (first < length() && !lossMask[first]) {
            first++;
        }
        return first;
    }

    /// Up to its last target: without what a chat template writes behind an answer. Whole where
    /// there is no target.
    public TokenizedExample ended() {
        int end = length();
        while (end > 0 && !lossMask[end - 1]) {
            end--;
        }
        return end == 0 || end == length()
                ? this
                : new TokenizedExample(Arrays.copyOf(tokens, end), Arrays.copyOf(lossMask, end), source);
    }

    /// The same tokens without a target.
    public TokenizedExample untrained() {
        return new TokenizedExample(tokens, new boolean[tokens.length], source);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenizedExample that
                && Arrays.equals(tokens, that.tokens)
                && Arrays.equals(lossMask, that.lossMask)
                && source.equals(that.source);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(tokens) + Arrays.hashCode(lossMask)) + source.hashCode();
    }

    @Override
    public String toString() {
        return source + " (" + tokens.length + " tokens, " + trainedTokens() + " trained)";
    }
}
