package org.align4j.world.gold;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// A text as gold rewards see it.
///
/// @param text the text without blanks at its ends
/// @param words its words in lower case: runs of letters, digits and apostrophes
/// @param sentences its sentences; a line's end ends one, too
public record Reading(String text, List<String> words, List<String> sentences) {
    private static final String MARKS = ".!?";

    public Reading {
        words = List.copyOf(words);
        sentences = List.copyOf(sentences);
    }

    public static Reading of(String text) {
        String stripped = text.strip();
        return new Reading(stripped, words(stripped), sentences(stripped));
    }

    /// The words of a text in lower case.
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        String lower = text.toLowerCase(Locale.ROOT);
        int start = -1;
        for (int i = 0; i <= lower.length(); i++) {
            boolean inside =
                    i < lower.length() && (Character.isLetterOrDigit(lower.charAt(i)) || lower.charAt(i) == '\'');
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                words.add(lower.substring(start, i));
                start = -1;
            }
        }
        return words;
    }

    private static List<String> sentences(String text) {
        List<String> sentences = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean last = i + 1 == text.length();
            boolean blankNext = !last && Character.isWhitespace(text.charAt(i + 1));
            boolean afterMark = i > 0 && MARKS.indexOf(text.charAt(i - 1)) >= 0;
            boolean ends = MARKS.indexOf(c) >= 0
                    ? last || blankNext
                    : c == '"' && afterMark && (last || capitalAfter(text, i + 1));
            if (ends || c == '\n' || last) {
                String sentence = text.substring(start, i + 1).strip();
                if (!sentence.isEmpty()) {
                    sentences.add(sentence);
                }
                start = i + 1;
            }
        }
        return sentences;
    }

    private static boolean capitalAfter(String text, int from) {
        return from + 1 < text.length()
                && Character.isWhitespace(text.charAt(from))
                && !Character.isLowerCase(text.charAt(from + 1));
    }

    /// Where `phrase`'s words stand together, the first time; -1 if nowhere.
    public int firstIndexOf(String phrase) {
        return Collections.indexOfSubList(words, words(phrase));
    }

    /// Where `phrase`'s words stand together, the last time; -1 if nowhere.
    public int lastIndexOf(String phrase) {
        return Collections.lastIndexOfSubList(words, words(phrase));
    }

    public boolean contains(String phrase) {
        return lastIndexOf(phrase) >= 0;
    }
}
