package org.align4j.tokenizer.template;

import java.util.Locale;
import java.util.function.IntPredicate;

/// Upper, lower and title case as Python has them, whatever the machine's language.
final class LetterCase {
    private LetterCase() {}

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int rest = text.offsetByCodePoints(0, 1);
        return Character.toString(Character.toTitleCase(text.codePointAt(0))) + lower(text.substring(rest));
    }

    /// Every word begins with a capital; `isInWord` says what a word is made of.
    static String title(String text, IntPredicate isInWord) {
        StringBuilder titled = new StringBuilder(text.length());
        boolean begins = true;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            titled.appendCodePoint(begins ? Character.toTitleCase(codePoint) : Character.toLowerCase(codePoint));
            begins = !isInWord.test(codePoint);
            i += Character.charCount(codePoint);
        }
        return titled.toString();
    }

    /// Has a letter with a case, and none of lower case.
    static boolean isUpper(String text) {
        return isCased(text) && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    /// Has a letter with a case, and none of upper case.
    static boolean isLower(String text) {
        return isCased(text) && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    private static boolean isCased(String text) {
        return text.codePoints()
                .anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c));
    }
}
