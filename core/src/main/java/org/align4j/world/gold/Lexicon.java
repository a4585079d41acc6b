package org.align4j.world.gold;

import java.util.List;
import java.util.Set;
import org.align4j.world.grammar.Grammar;

/// The words by which gold rewards judge.
final class Lexicon {
    static final Lexicon WORLD = new Lexicon(Grammar.load(Lexicon.class, "lexicon.txt"));

    final Set<String> happy;
    final Set<String> sad;
    final Set<String> negations;
    final Set<String> polite;
    final List<String> rude;
    final List<String> refusals;
    private final Set<String> stop;

    private Lexicon(Grammar lists) {
        happy = Set.copyOf(lists.list("happy"));
        sad = Set.copyOf(lists.list("sad"));
        negations = Set.copyOf(lists.list("not"));
        polite = Set.copyOf(lists.list("polite"));
        rude = lists.list("rude");
        refusals = lists.list("refusal");
        stop = Set.copyOf(lists.list("stop"));
    }

    /// The words of a phrase that carry its meaning, each once; all of them where none does.
    List<String> content(String phrase) {
        List<String> words = Reading.words(phrase).stream().distinct().toList();
        List<String> content =
                words.stream().filter(word -> !stop.contains(word)).toList();
        return content.isEmpty() ? words : content;
    }

    /// Share of a phrase's content words among `words`.
    double covered(String phrase, List<String> words) {
        return covered(content(phrase), words);
    }

    /// Share of content words among `words`.
    static double covered(List<String> content, List<String> words) {
        return content.stream().filter(words::contains).count() / (double) content.size();
    }

    /// Whether a sentence says no.
    boolean negates(List<String> words) {
        return words.stream().anyMatch(negations::contains) || words.contains("wrong");
    }
}
