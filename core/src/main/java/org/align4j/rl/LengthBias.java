package org.align4j.rl;

import java.util.ArrayList;
import java.util.List;

/// How much of a reward model's scores is length (Singhal et al. 2023): the least squares line
/// through scores and lengths, each less its comparison's mean.
///
/// @param correlation Pearson's r; NaN where nothing varies
/// @param slope score a token; 0 where lengths don't vary
record LengthBias(double correlation, double slope) {
    static LengthBias of(List<JudgedScores> judged) {
        double lengths = 0;
        double scores = 0;
        double both = 0;
        for (JudgedScores each : judged) {
            double meanLength = each.lengths().stream()
                    .mapToInt(Integer::intValue)
                    .average()
                    .orElse(0);
            double meanScore = each.scores().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(0);
            for (int i = 0; i < each.scores().size(); i++) {
                double length = each.lengths().get(i) - meanLength;
                double score = each.scores().get(i) - meanScore;
                lengths += length * length;
                scores += score * score;
                both += length * score;
            }
        }
        return new LengthBias(both / Math.sqrt(lengths * scores), lengths > 0 ? both / lengths : 0);
    }

    /// The same outputs with scores that don't depend on length, as far as a line can tell.
    JudgedScores removedFrom(JudgedScores judged) {
        List<Double> straight = new ArrayList<>();
        for (int i = 0; i < judged.scores().size(); i++) {
            straight.add(judged.scores().get(i) - slope * judged.lengths().get(i));
        }
        return judged.withScores(straight);
    }
}
