package org.align4j.world.gold;

import java.util.List;
import java.util.Set;

/// Whether a text is happy or sad, as wished: 0.7 times the share of the wished mood among the mood
/// words of the end, and 0.3 times that of the whole. The end is the last quarter of the sentences,
/// at least two. A sentence counts once for a mood, however many of its words it has, so that
/// stuffing is worth nothing; `not happy` counts as sad. An end without mood words counts half of
/// the whole's share.
public record MoodReward(Mood mood) implements GoldReward {
    private static final double END = 0.7;
    private static final int REACH = 3;

    /// A mood.
    public enum Mood {
        HAPPY,
        SAD
    }

    @Override
    public double score(Reading answer) {
        List<String> sentences = answer.sentences();
        double whole = share(sentences).orElse(0);
        int end = Math.min(sentences.size(), Math.max(2, sentences.size() / 4));
        double last = share(sentences.subList(sentences.size() - end, sentences.size()))
                .orElse(whole / 2);
        return END * last + (1 - END) * whole;
    }

    /// The wished mood's share of sentences with a mood; empty if none has one.
    private java.util.OptionalDouble share(List<String> sentences) {
        int wished = 0;
        int all = 0;
        for (String sentence : sentences) {
            List<String> words = Reading.words(sentence);
            boolean happy = says(words, Lexicon.WORLD.happy, Lexicon.WORLD.sad);
            boolean sad = says(words, Lexicon.WORLD.sad, Lexicon.WORLD.happy);
            wished += (mood == Mood.HAPPY ? happy : sad) ? 1 : 0;
            all += (happy ? 1 : 0) + (sad ? 1 : 0);
        }
        return all == 0 ? java.util.OptionalDouble.empty() : java.util.OptionalDouble.of(wished / (double) all);
    }

    private static boolean says(List<String> words, Set<String> mood, Set<String> opposite) {
        for (int i = 0; i < words.size(); i++) {
            boolean negated = words.subList(Math.max(0, i - REACH), i).stream()
                    .anyMatch(word -> word.equals("not") || word.equals("never"));
            // "could not stop smiling" is no negation of smiling
            boolean stopped = words.subList(Math.max(0, i - REACH), i).contains("stop");
            if ((negated && !stopped ? opposite : mood).contains(words.get(i))) {
                return true;
            }
        }
        return false;
    }
}
