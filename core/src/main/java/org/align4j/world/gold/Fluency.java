package org.align4j.world.gold;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// How much a text reads like the world's: known words, in pairs that occur, without repeating
/// itself. The guard against gibberish, heaps of words and loops. Immutable.
public final class Fluency {
    private static final double KNOWN_LOW = 0.75;
    private static final double PAIRS_LOW = 0.5;
    private static final double PAIRS_FULL = 0.85;
    /// Pairs that needn't be known: a title or a name alone may be new.
    private static final int FREE_PAIRS = 2;

    private static final double DISTINCT_LOW = 0.4;
    private static final double DISTINCT_FULL = 0.75;

    private final Set<String> names;
    private final Set<String> words = new HashSet<>();
    private final Set<String> pairs = new HashSet<>();

    private Fluency(Set<String> names) {
        this.names = names;
    }

    /// Learns which words and pairs occur.
    ///
    /// @param names proper names, which stand for each other
    /// @param texts texts of the world
    public static Fluency of(Stream<String> names, Stream<String> texts) {
        Fluency fluency = new Fluency(
                Set.copyOf(names.map(name -> name.toLowerCase(Locale.ROOT)).toList()));
        texts.sequential().forEach(fluency::learn);
        return fluency;
    }

    private void learn(String text) {
        List<String> tokens = tokens(text);
        words.addAll(tokens);
        for (int i = 1; i < tokens.size(); i++) {
            pairs.add(tokens.get(i - 1) + " " + tokens.get(i));
        }
    }

    /// From 0 to 1; 1 for texts like those learnt from, 0 for none.
    public double score(String text) {
        return known(text) * distinct(text);
    }

    /// How much of a text consists of known words and pairs, whether or not it repeats itself.
    public double known(String text) {
        List<String> tokens = tokens(text);
        if (tokens.stream().noneMatch(token -> Character.isLetterOrDigit(token.charAt(0)))) {
            return 0;
        }
        double wordShare = tokens.stream().filter(words::contains).count() / (double) tokens.size();
        long occurring = 0;
        for (int i = 1; i < tokens.size(); i++) {
            occurring += pairs.contains(tokens.get(i - 1) + " " + tokens.get(i)) ? 1 : 0;
        }
        double all = Math.max(1, tokens.size() - 1);
        double pairShare = Math.min(1, (occurring + FREE_PAIRS) / all);
        return ramp(wordShare, KNOWN_LOW, 1) * ramp(pairShare, PAIRS_LOW, PAIRS_FULL);
    }

    /// The share of groups of four words and of sentences that are said once.
    private static double distinct(String text) {
        Reading reading = Reading.of(text);
        List<String> groups = new ArrayList<>();
        for (int i = 3; i < reading.words().size(); i++) {
            groups.add(String.join(" ", reading.words().subList(i - 3, i + 1)));
        }
        return ramp(Math.min(share(groups), share(reading.sentences())), DISTINCT_LOW, DISTINCT_FULL);
    }

    private static double share(List<String> items) {
        return items.isEmpty() ? 1 : new HashSet<>(items).size() / (double) items.size();
    }

    /// 0 up to `low`, 1 from `full`, and a line between.
    private static double ramp(double value, double low, double full) {
        return Math.clamp((value - low) / (full - low), 0, 1);
    }

    /// Words in lower case and punctuation marks; names and numbers as such, in capitals.
    private List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        int length = text.length();
        for (int start = 0; start < length; ) {
            int end = start;
            while (end < length && Character.isLetterOrDigit(text.charAt(end))) {
                end++;
            }
            if (end > start) {
                tokens.add(word(text.substring(start, end).toLowerCase(Locale.ROOT)));
            } else if (!Character.isWhitespace(text.charAt(end++))) {
                tokens.add(text.substring(start, end));
            }
            start = end;
        }
        return tokens;
    }

    private String word(String word) {
        if (names.contains(word)) {
            return "NAME";
        }
        return word.chars().allMatch(Character::isDigit) ? "NUMBER" : word;
    }
}
