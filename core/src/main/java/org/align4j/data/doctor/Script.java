package org.align4j.data.doctor;

import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// The writing that most letters of a text belong to, where nothing says its language.
final class Script {
    /// Letters looked at: a text's beginning tells.
    private static final int LETTERS = 400;

    private Script() {}

    /// Such as `latin script`, or `no letters`.
    static String of(String text) {
        Map<UnicodeScript, Integer> counts = new EnumMap<>(UnicodeScript.class);
        text.codePoints()
                .filter(Character::isLetter)
                .limit(LETTERS)
                .forEach(letter -> counts.merge(UnicodeScript.of(letter), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(entry -> entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " script")
                .orElse("no letters");
    }
}
