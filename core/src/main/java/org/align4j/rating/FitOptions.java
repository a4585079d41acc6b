package org.align4j.rating;

import java.util.Optional;
import org.align4j.error.AlignException;

/// How strengths are fitted.
///
/// @param penalty α of a term −α Σ x² that pulls strengths together; empty: none where the data
///     connect all items, [#WHERE_UNCONNECTED] where they don't
/// @param labelerEffects whether each labeler has its own sharpness (how much strengths matter to
///     it) and its own readiness to tie
public record FitOptions(RatingModel model, Optional<Double> penalty, boolean labelerEffects) {
    /// As if strengths were normal with deviation 2.2.
    public static final double WHERE_UNCONNECTED = 0.1;

    public FitOptions {
        if (penalty.isPresent() && !(penalty.get() >= 0 && Double.isFinite(penalty.get()))) {
            throw new AlignException.Config("penalty: " + penalty.get() + " is out of range; give 0 or more");
        }
    }

    public static FitOptions of(RatingModel model) {
        return new FitOptions(model, Optional.empty(), false);
    }

    public FitOptions withPenalty(double alpha) {
        return new FitOptions(model, Optional.of(alpha), labelerEffects);
    }

    public FitOptions withLabelerEffects() {
        return new FitOptions(model, penalty, true);
    }
}
