package org.align4j.evaluate.text;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Porter's stemmer (Porter 1980) with the changes that NLTK makes by default, which rouge-score
/// uses: a few irregular words, -ied and -ies of short words, y to i only after a consonant, and
/// the endings -bli, -alli, -fulli and -logi.
final class PorterStemmer {
    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("sky", "sky"),
            Map.entry("skies", "sky"),
            Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"),
            Map.entry("news", "news"),
            Map.entry("innings", "inning"),
            Map.entry("inning", "inning"),
            Map.entry("outings", "outing"),
            Map.entry("outing", "outing"),
            Map.entry("cannings", "canning"),
            Map.entry("canning", "canning"),
            Map.entry("howe", "howe"),
            Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"),
            Map.entry("succeed", "succeed"));

    private static final List<Rule> STEP_2 = List.of(
            positive("ational", "ate"),
            positive("tional", "tion"),
            positive("enci", "ence"),
            positive("anci", "ance"),
            positive("izer", "ize"),
            positive("bli", "ble"),
            positive("alli", "al"),
            positive("entli", "ent"),
            positive("eli", "e"),
            positive("ousli", "ous"),
            positive("ization", "ize"),
            positive("ation", "ate"),
            positive("ator", "ate"),
            positive("alism", "al"),
            positive("iveness", "ive"),
            positive("fulness", "ful"),
            positive("ousness", "ous"),
            positive("aliti", "al"),
            positive("iviti", "ive"),
            positive("biliti", "ble"),
            positive("fulli", "ful"),
            // the l belongs to the stem that is measured
            new Rule("logi", "log", stem -> measure(stem + "l") > 0));

    private static final List<Rule> STEP_3 = List.of(
            positive("icate", "ic"),
            positive("ative", ""),
            positive("alize", "al"),
            positive("iciti", "ic"),
            positive("ical", "ic"),
            positive("ful", ""),
            positive("ness", ""));

    private static final List<Rule> STEP_4 = List.of(
            far("al"),
            far("ance"),
            far("ence"),
            far("er"),
            far("ic"),
            far("able"),
            far("ible"),
            far("ant"),
            far("ement"),
            far("ment"),
            far("ent"),
            new Rule("ion", "", stem -> measure(stem) > 1 && (stem.endsWith("s") || stem.endsWith("t"))),
            far("ou"),
            far("ism"),
            far("ate"),
            far("iti"),
            far("ous"),
            far("ive"),
            far("ize"));

    private PorterStemmer() {}

    /// An ending that is replaced where what stands before it fulfils a condition.
    private record Rule(String ending, String replacement, Predicate<String> condition) {}

    private static Rule positive(String ending, String replacement) {
        return new Rule(ending, replacement, stem -> measure(stem) > 0);
    }

    private static Rule far(String ending) {
        return new Rule(ending, "", stem -> measure(stem) > 1);
    }

    /// The stem of a word in lower case.
    static String stem(String word) {
        String irregular = IRREGULAR.get(word);
        if (irregular != null || word.length() <= 2) {
            return irregular == null ? word : irregular;
        }
        String stem = finalY(pastAndProgressive(plural(word)));
        return finalE(apply(STEP_4, apply(STEP_3, step2(stem))));
    }

    /// The first ending that fits decides, whether or not its condition holds.
    private static String apply(List<Rule> rules, String word) {
        for (Rule rule : rules) {
            if (word.endsWith(rule.ending())) {
                String stem = without(word, rule.ending());
                return rule.condition().test(stem) ? stem + rule.replacement() : word;
            }
        }
        return word;
    }

    private static String without(String word, String ending) {
        return word.substring(0, word.length() - ending.length());
    }

    /// Step 1a.
    private static String plural(String word) {
        if (word.endsWith("ies") && word.length() == 4) {
            return without(word, "s");
        }
        if (word.endsWith("sses") || word.endsWith("ies")) {
            return without(word, "es");
        }
        return word.endsWith("s") && !word.endsWith("ss") ? without(word, "s") : word;
    }

    /// Step 1b.
    private static String pastAndProgressive(String word) {
        if (word.endsWith("ied")) {
            return word.length() == 4 ? without(word, "d") : without(word, "ed");
        }
        if (word.endsWith("eed")) {
            return measure(without(word, "eed")) > 0 ? without(word, "d") : word;
        }
        for (String ending : List.of("ed", "ing")) {
            if (word.endsWith(ending) && hasVowel(without(word, ending))) {
                return mended(without(word, ending));
            }
        }
        return word;
    }

    /// What is left after -ed or -ing gets its e back or loses a doubled letter.
    private static String mended(String stem) {
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        int last = stem.length() - 1;
        if (last >= 1 && stem.charAt(last) == stem.charAt(last - 1) && isConsonant(stem, last)) {
            return "lsz".indexOf(stem.charAt(last)) >= 0 ? stem : stem.substring(0, last);
        }
        return measure(stem) == 1 && endsShort(stem) ? stem + "e" : stem;
    }

    /// Step 1c.
    private static String finalY(String word) {
        String stem = word.substring(0, Math.max(0, word.length() - 1));
        boolean replaced = word.endsWith("y") && stem.length() > 1 && isConsonant(stem, stem.length() - 1);
        return replaced ? stem + "i" : word;
    }

    private static String step2(String word) {
        if (word.endsWith("alli") && measure(without(word, "alli")) > 0) {
            return step2(without(word, "li"));
        }
        return apply(STEP_2, word);
    }

    /// Steps 5a and 5b.
    private static String finalE(String word) {
        String result = word;
        if (word.endsWith("e")) {
            String stem = without(word, "e");
            int measure = measure(stem);
            result = measure > 1 || (measure == 1 && !endsShort(stem)) ? stem : word;
        }
        return result.endsWith("ll") && measure(without(result, "l")) > 1 ? without(result, "l") : result;
    }

    private static boolean isConsonant(String word, int at) {
        char letter = word.charAt(at);
        if (letter == 'y') {
            return at == 0 || !isConsonant(word, at - 1);
        }
        return "aeiou".indexOf(letter) < 0;
    }

    private static boolean hasVowel(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!isConsonant(word, i)) {
                return true;
            }
        }
        return false;
    }

    /// How often a consonant follows a vowel: Porter's m.
    private static int measure(String word) {
        int count = 0;
        for (int i = 1; i < word.length(); i++) {
            count += isConsonant(word, i) && !isConsonant(word, i - 1) ? 1 : 0;
        }
        return count;
    }

    /// Ends consonant, vowel, consonant (not w, x or y), or is a vowel and a consonant.
    private static boolean endsShort(String word) {
        int last = word.length() - 1;
        if (last == 1) {
            return !isConsonant(word, 0) && isConsonant(word, 1);
        }
        return last >= 2
                && isConsonant(word, last)
                && !isConsonant(word, last - 1)
                && isConsonant(word, last - 2)
                && "wxy".indexOf(word.charAt(last)) < 0;
    }
}
