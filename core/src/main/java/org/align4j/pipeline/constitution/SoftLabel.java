package org.align4j.pipeline.constitution;

import java.util.List;
import java.util.Map;

/// Labels made of a feedback model's log-probabilities (Bai et al. 2022, section 4.1).
public final class SoftLabel {
    /// A choice that the model gave no probability, or all of it, would be certain beyond measure.
    private static final double SUREST = 1e-6;

    private SoftLabel() {}

    /// log(p / (1 − p)) of the first choice, where p is its probability among the two: the others
    /// that a model may say don't count. Bounded to p from 1e-6 to 1 − 1e-6.
    ///
    /// @param logps by choice; one that is absent has probability 0
    public static double logOdds(Map<String, Double> logps, List<String> letters) {
        double first = logps.getOrDefault(letters.get(0), Double.NEGATIVE_INFINITY);
        double second = logps.getOrDefault(letters.get(1), Double.NEGATIVE_INFINITY);
        double most = Math.log((1 - SUREST) / SUREST);
        return Math.clamp(first - second, -most, most);
    }

    /// The share of the model's probability that lies on the choices.
    public static double mass(Map<String, Double> logps, List<String> letters) {
        return letters.stream()
                .mapToDouble(letter -> Math.exp(logps.getOrDefault(letter, Double.NEGATIVE_INFINITY)))
                .sum();
    }

    /// The probability that an answer is the better one, from both orders: what the model adds for
    /// standing first cancels if it adds the same to the log-odds of both. Departs from averaging
    /// probabilities, which cancels it only near one half.
    ///
    /// @param asFirst log-odds of the first place while the answer stands there
    /// @param asSecond log-odds of the first place while the other one stands there
    public static double unbiased(double asFirst, double asSecond) {
        return probability((asFirst - asSecond) / 2);
    }

    /// What is added to the log-odds of the first place, whoever stands there.
    public static double positionBias(double asFirst, double asSecond) {
        return (asFirst + asSecond) / 2;
    }

    /// The probability that the first of two answers gets the higher mark, equal ones counting
    /// half, when each is marked alone. Bounded to 1e-6 to 1 − 1e-6; one half where a model gave no
    /// mark at all.
    ///
    /// @param first log-probabilities of its marks; one that is absent has probability 0
    /// @param marks worst first
    public static double higher(Map<String, Double> first, Map<String, Double> second, List<String> marks) {
        double mass = mass(first, marks) * mass(second, marks);
        if (mass == 0) {
            return 0.5;
        }
        double higher = 0;
        for (int i = 0; i < marks.size(); i++) {
            for (int j = 0; j <= i; j++) {
                double both = mass(first, List.of(marks.get(i))) * mass(second, List.of(marks.get(j))) / mass;
                higher += i == j ? both / 2 : both;
            }
        }
        return Math.clamp(higher, SUREST, 1 - SUREST);
    }

    /// σ(x).
    public static double probability(double logOdds) {
        return 1 / (1 + Math.exp(-logOdds));
    }

    /// Bounded to [low, 1 − low]: after a chain of thought models are surer than they should be,
    /// and Bai et al. take 0.4.
    public static double clamped(double probability, double low) {
        return Math.clamp(probability, low, 1 - low);
    }
}
