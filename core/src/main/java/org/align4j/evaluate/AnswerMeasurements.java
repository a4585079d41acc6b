package org.align4j.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.align4j.evaluate.text.Words;

/// What is measured of answers: what the set's graders say, and how long and how varied they are.
public final class AnswerMeasurements {
    private static final int LONGEST_RUN = 2;

    private AnswerMeasurements() {}

    /// @param answers one for each question of the set
    public static List<Measurement> of(EvaluationSet.Questions set, List<Answer> answers) {
        List<Measurement> measurements = new ArrayList<>();
        for (Grader grader : set.graders()) {
            List<double[]> parts = IntStream.range(0, answers.size())
                    .filter(i -> grader.applies().test(set.items().get(i)))
                    .mapToObj(i -> grader.parts()
                            .apply(set.items().get(i), answers.get(i).text()))
                    .toList();
            // a limit may leave no question of a kind
            if (!parts.isEmpty()) {
                measurements.add(Measurement.of(grader.name(), parts, grader.figure()));
            }
        }
        measurements.add(Measurement.of(
                "length",
                answers.stream().map(answer -> Figure.value(answer.tokens())).toList(),
                Figure.MEAN));
        measurements.add(Measurement.of(
                "ended",
                answers.stream()
                        .map(answer -> Figure.value(answer.ended() ? 1 : 0))
                        .toList(),
                Figure.MEAN));
        List<String> texts = answers.stream().map(Answer::text).toList();
        for (int n = 1; n <= LONGEST_RUN; n++) {
            measurements.add(Measurement.whole("distinct_" + n, distinct(texts, n)));
        }
        // no text may have a word
        measurements.removeIf(measurement -> Double.isNaN(measurement.value()));
        return measurements;
    }

    /// Distinct-n (Li et al. 2016): different runs of n words among all runs of all texts, 0 to 1;
    /// NaN where no text has n words.
    public static double distinct(List<String> texts, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        texts.forEach(
                text -> Words.runs(Words.of(text), n).forEach((run, count) -> counts.merge(run, count, Integer::sum)));
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        return (double) counts.size() / all;
    }
}
