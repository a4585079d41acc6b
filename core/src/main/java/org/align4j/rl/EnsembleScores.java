package org.align4j.rl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.align4j.data.Source;

/// What several reward models say about the same outputs: their mean, and how far they are apart,
/// which is large where none of them has learnt what counts (Coste et al. 2023).
public final class EnsembleScores {
    private final Map<Source, List<JudgedScores>> scores = new LinkedHashMap<>();

    /// What all models say about a comparison.
    ///
    /// @param mean of the models' scores
    /// @param deviations standard deviation over the models, of each output; 0 of one model
    public record Scored(JudgedScores mean, List<Double> deviations) {
        /// The id of the output with the highest mean; the first of several.
        public String best() {
            int best = IntStream.range(0, mean.scores().size())
                    .reduce((a, b) -> mean.scores().get(b) > mean.scores().get(a) ? b : a)
                    .orElseThrow();
            return mean.comparison().ids().get(best);
        }
    }

    /// Adds one model's scores.
    public void add(JudgedScores judged) {
        scores.computeIfAbsent(judged.comparison().source(), key -> new ArrayList<>())
                .add(judged);
    }

    /// The comparisons that all models have scored, in order.
    public List<Scored> all(int models) {
        return scores.values().stream()
                .filter(each -> each.size() == models)
                .map(EnsembleScores::together)
                .toList();
    }

    /// The mean standard deviation of an output's scores.
    public static double disagreement(List<Scored> scored) {
        return scored.stream()
                .flatMap(each -> each.deviations().stream())
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }

    private static Scored together(List<JudgedScores> judged) {
        List<Double> means = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        for (int i = 0; i < judged.getFirst().scores().size(); i++) {
            int output = i;
            double mean = judged.stream()
                    .mapToDouble(each -> each.scores().get(output))
                    .average()
                    .orElseThrow();
            double variance = judged.stream()
                    .mapToDouble(each -> Math.pow(each.scores().get(output) - mean, 2))
                    .average()
                    .orElseThrow();
            means.add(mean);
            deviations.add(Math.sqrt(variance));
        }
        return new Scored(judged.getFirst().withScores(means), deviations);
    }
}
