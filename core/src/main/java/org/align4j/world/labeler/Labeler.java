package org.align4j.world.labeler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.data.Completion;
import org.align4j.data.Source;
import org.align4j.data.preference.Annotation;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Ranking;
import org.align4j.random.CounterRandom;
import org.align4j.world.gold.Judge;
import org.align4j.world.gold.Reading;
import org.align4j.world.task.Instruction;

/// Somebody who ranks answers. The labeler's utility of an answer is its gold total, plus each
/// taste's weight times its measure, plus normal noise. Answers are put in order of it; one within
/// `tie` of the first of its group is tied with it. Now and then a careless labeler looks at
/// nothing, and ranks by noise alone.
///
/// @param name what the data call the labeler
/// @param noise standard deviation of the noise
/// @param tie how near utilities must be to be called equal
/// @param careless probability of a careless ranking
/// @param tastes weights; a negative one is dislike
public record Labeler(String name, double noise, double tie, double careless, Map<Taste, Double> tastes) {
    /// @throws IllegalArgumentException for a negative noise or tie, or a probability outside 0 to
    ///     1
    public Labeler {
        tastes = Map.copyOf(tastes);
        if (!(noise >= 0) || !(tie >= 0) || !(careless >= 0 && careless <= 1)) {
            throw new IllegalArgumentException("noise " + noise + ", tie " + tie + ": must not be negative; careless "
                    + careless + ": must be from 0 to 1");
        }
    }

    /// Four labelers as a project might have: one careful, one who likes long answers, one who
    /// likes politeness and happy ends, one careless.
    public static List<Labeler> panel() {
        return List.of(
                new Labeler("ada", 0.05, 0.05, 0, Map.of()),
                new Labeler("bert", 0.10, 0.08, 0.02, Map.of(Taste.LENGTH, 0.25)),
                new Labeler("cleo", 0.10, 0.08, 0.02, Map.of(Taste.POLITENESS, 0.2, Taste.HAPPINESS, 0.1)),
                new Labeler("dan", 0.25, 0.15, 0.15, Map.of(Taste.FIRST, 0.1)));
    }

    /// Ranks answers to an instruction. The same seed and number rank the same way.
    ///
    /// @param number of the comparison, which noise depends on
    /// @return answers `A`, `B`, … in the given order; the family is a tag
    /// @throws IllegalArgumentException for no answer or more than 26
    public Comparison compare(
            Instruction instruction, List<String> answers, Judge judge, CounterRandom random, long number) {
        if (answers.isEmpty() || answers.size() > 'Z' - 'A' + 1) {
            throw new IllegalArgumentException(answers.size() + " answers; give 1 to 26");
        }
        Map<String, Completion> outputs = new LinkedHashMap<>();
        for (int i = 0; i < answers.size(); i++) {
            outputs.put(id(i), Completion.of(answers.get(i)));
        }
        List<List<String>> groups =
                rank(utilities(instruction, answers, judge, random.at(name.hashCode(), number))).stream()
                        .map(group -> group.stream().map(Labeler::id).toList())
                        .toList();
        return new Comparison(
                instruction.toPrompt(),
                outputs,
                new Ranking(groups),
                new Annotation(Optional.of(name), List.of(instruction.family())),
                Source.memory(number));
    }

    /// Groups of tied answers by index, best first.
    List<List<Integer>> rank(double[] utilities) {
        List<Integer> order = IntStream.range(0, utilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer index) -> -utilities[index]))
                .toList();
        List<List<Integer>> groups = new ArrayList<>();
        double best = Double.POSITIVE_INFINITY;
        for (int index : order) {
            if (groups.isEmpty() || best - utilities[index] > tie) {
                groups.add(new ArrayList<>());
                best = utilities[index];
            }
            groups.getLast().add(index);
        }
        return groups;
    }

    private double[] utilities(Instruction instruction, List<String> answers, Judge judge, CounterRandom draws) {
        boolean looksAway = draws.uniform(-1) < careless;
        double[] utilities = new double[answers.size()];
        for (int i = 0; i < utilities.length; i++) {
            double shaken = draws.gaussian(i);
            utilities[i] = looksAway
                    ? shaken
                    : judge.judge(instruction.golds(), answers.get(i)).total()
                            + liking(Reading.of(answers.get(i)), i, utilities.length)
                            + noise * shaken;
        }
        return utilities;
    }

    private double liking(Reading answer, int index, int count) {
        double liking = 0;
        for (Taste taste : Taste.values()) {
            liking += tastes.getOrDefault(taste, 0.0) * taste.measure(answer, index, count);
        }
        return liking;
    }

    private static String id(int index) {
        return String.valueOf((char) ('A' + index));
    }
}
