package org.align4j.rl;

import java.util.List;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Preference;

/// A comparison and what a reward model says about its outputs.
///
/// @param comparison what a labeler says
/// @param lengths tokens of each answer, in the order of the comparison's ids
/// @param scores raw, in that order
public record JudgedScores(Comparison comparison, List<Integer> lengths, List<Double> scores) {
    public JudgedScores {
        lengths = List.copyOf(lengths);
        scores = List.copyOf(scores);
    }

    /// @param scores in the order of the comparison's outputs
    public static JudgedScores of(TokenizedComparison comparison, float[] scores) {
        List<Integer> lengths = comparison.outputs().stream()
                .map(TokenizedExample::trainedTokens)
                .toList();
        List<Double> boxed = new java.util.ArrayList<>();
        for (float score : scores) {
            boxed.add((double) score);
        }
        return new JudgedScores(comparison.comparison(), lengths, boxed);
    }

    /// The same with a number added to every score.
    public JudgedScores plus(double shift) {
        return withScores(scores.stream().map(score -> score + shift).toList());
    }

    /// The same with other scores.
    JudgedScores withScores(List<Double> others) {
        return new JudgedScores(comparison, lengths, others);
    }

    /// r_better − r_worse.
    double difference(Preference preference) {
        List<String> ids = comparison.ids();
        return scores.get(ids.indexOf(preference.better())) - scores.get(ids.indexOf(preference.worse()));
    }
}
