package org.align4j.data.doctor;

import java.util.Arrays;

/// A text as hashes of its words: letters and digits only, in lower case, so that spacing and
/// punctuation don't count.
final class Words {
    private static final long PRIME = 0x100000001B3L;

    private Words() {}

    /// The hash of each word, in order.
    static long[] of(String text) {
        long[] words = new long[16];
        int count = 0;
        boolean inside = false;
        long hash = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ' ';
            boolean letter = Character.isLetterOrDigit(c) || Character.isSurrogate(c);
            // scripts without spaces: every character is a word
            boolean alone = letter && Character.isIdeographic(c);
            if (letter && !alone) {
                hash = ((inside ? hash : 0xCBF29CE484222325L) ^ Character.toLowerCase(c)) * PRIME;
                inside = true;
                continue;
            }
            if (inside) {
                words = with(words, count++, mix(hash));
                inside = false;
            }
            if (alone) {
                words = with(words, count++, mix(c));
            }
        }
        return Arrays.copyOf(words, count);
    }

    /// Hashes of all stretches of `length` words; of a shorter text, one of the whole.
    static long[] grams(long[] words, int length) {
        if (words.length == 0) {
            return new long[0];
        }
        int size = Math.min(length, words.length);
        long[] grams = new long[words.length - size + 1];
        for (int start = 0; start < grams.length; start++) {
            long gram = 0;
            for (int i = start; i < start + size; i++) {
                gram = mix(gram * 31 + words[i]);
            }
            grams[start] = gram;
        }
        return grams;
    }

    static long mix(long bits) {
        long z = bits + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static long[] with(long[] words, int count, long word) {
        long[] roomy = count == words.length ? Arrays.copyOf(words, 2 * count) : words;
        roomy[count] = word;
        return roomy;
    }
}
