package org.align4j.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Counts of pairs of neighbouring symbols, and the words in which pairs have newly appeared. A
/// hash table with open addresses: there are millions of look-ups for each learned token.
final class PairTable {
    private static final long FREE = -1;

    private long[] pairs = new long[1 << 16];
    private long[] counts = new long[1 << 16];
    private @Nullable WordList[] appeared = new WordList[1 << 16];
    private int size;

    /// Word numbers, in the order added.
    static final class WordList {
        private int[] words = new int[4];
        private int size;

        /// Adds a word; pairs of one word come one after the other, so a repetition is the last
        /// one.
        private void add(int word) {
            if (size > 0 && words[size - 1] == word) {
                return;
            }
            if (size == words.length) {
                words = Arrays.copyOf(words, 2 * size);
            }
            words[size++] = word;
        }

        int size() {
            return size;
        }

        int get(int i) {
            return words[i];
        }
    }

    PairTable() {
        Arrays.fill(pairs, FREE);
    }

    /// A pair of symbols as one number: ordered as the pairs are, first by the left one.
    static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    static int left(long pair) {
        return (int) (pair >>> 32);
    }

    static int right(long pair) {
        return (int) pair;
    }

    long count(long pair) {
        return counts[place(pair)];
    }

    void add(long pair, long change) {
        counts[claim(pair)] += change;
    }

    /// As [#add], and remembers the word.
    ///
    /// @return whether the pair has no other word yet: the caller may want to take the words later
    boolean appear(long pair, long change, int word) {
        int place = claim(pair);
        counts[place] += change;
        WordList list = appeared[place];
        boolean first = list == null;
        if (list == null) {
            list = new WordList();
            appeared[place] = list;
        }
        list.add(word);
        return first;
    }

    /// The words in which the pair has appeared since this was last asked.
    WordList take(long pair) {
        int place = place(pair);
        WordList list = appeared[place];
        if (list == null) {
            throw new IllegalStateException("the pair has appeared nowhere");
        }
        appeared[place] = null;
        return list;
    }

    private int claim(long pair) {
        int place = place(pair);
        if (pairs[place] == FREE) {
            if (2 * size >= pairs.length) {
                grow();
                place = place(pair);
            }
            pairs[place] = pair;
            size++;
        }
        return place;
    }

    private int place(long pair) {
        int mask = pairs.length - 1;
        long mixed = pair * 0x9E3779B97F4A7C15L;
        int place = (int) (mixed >>> 32) & mask;
        while (pairs[place] != pair && pairs[place] != FREE) {
            place = place + 1 & mask;
        }
        return place;
    }

    private void grow() {
        long[] oldPairs = pairs;
        long[] oldCounts = counts;
        @Nullable WordList[] oldAppeared = appeared;
        pairs = new long[2 * oldPairs.length];
        Arrays.fill(pairs, FREE);
        counts = new long[pairs.length];
        appeared = new WordList[pairs.length];
        for (int old = 0; old < oldPairs.length; old++) {
            if (oldPairs[old] != FREE) {
                int place = place(oldPairs[old]);
                pairs[place] = oldPairs[old];
                counts[place] = oldCounts[old];
                appeared[place] = oldAppeared[old];
            }
        }
    }
}
