package org.align4j.pipeline.cai;

import java.util.List;
import java.util.Optional;

/// A pair of answers and what the feedback model said about it.
///
/// @param probability that the first answer is better: the mean over the opinions
/// @param failure why there is none; empty where all is well
public record Comparison(
        String id,
        String prompt,
        String first,
        String second,
        List<Opinion> opinions,
        double probability,
        Optional<String> failure) {
    public Comparison {
        opinions = List.copyOf(opinions);
    }

    /// By one principle, asked in both orders.
    ///
    /// @param asFirst log-odds of the first place while the first answer stands there
    /// @param asSecond log-odds of the first place while the second answer stands there
    /// @param probability that the first answer is better, without the position's share, clamped
    ///     after thoughts
    /// @param positionBias what the first place gained in log-odds
    /// @param thoughts of both orders; none where none were asked for
    public record Opinion(
            String principle,
            double asFirst,
            double asSecond,
            double probability,
            double positionBias,
            List<String> thoughts) {
        public Opinion {
            thoughts = List.copyOf(thoughts);
        }

        /// Of answers that were marked alone, so that neither stood first.
        static Opinion ofMarks(double probability) {
            double logOdds = Math.log(probability) - Math.log1p(-probability);
            return new Opinion("marks", logOdds, -logOdds, probability, 0, List.of());
        }
    }

    /// With a person's label.
    Comparison labelled(double theirs) {
        return new Comparison(id, prompt, first, second, opinions, theirs, Optional.empty());
    }
}
