package org.align4j.data.preference;

import java.util.List;
import java.util.Optional;
import org.align4j.error.AlignException;

/// One output is preferred to another, or the two are tied.
///
/// @param better the preferred output; of a tie, one of the two
/// @param worse the other one
/// @param tie whether neither is preferred
/// @param margin how much better, in the labeler's units; empty if not said
/// @param probability that `better` is the better one, ½ to 1, where the label is soft; empty if
///     not said
public record Preference(
        String better, String worse, boolean tie, Optional<Double> margin, Optional<Double> probability)
        implements Judgement {
    /// @throws AlignException.Data for an output preferred to itself, a margin that is negative or
    ///     not finite, a probability outside ½ to 1, or a tie with a margin or another probability
    ///     than ½
    public Preference {
        if (better.equals(worse)) {
            throw new AlignException.Data("\"" + better + "\" is compared with itself; name two outputs");
        }
        if (margin.isPresent() && !(margin.get() >= 0 && Double.isFinite(margin.get()))) {
            throw new AlignException.Data("margin " + margin.get() + "; must be finite and not negative");
        }
        if (probability.isPresent() && !(probability.get() >= 0.5 && probability.get() <= 1)) {
            throw new AlignException.Data(
                    "probability " + probability.get() + "; must be from 0 to 1, of the better output at least 0.5");
        }
        if (tie && probability.orElse(0.5) != 0.5) {
            throw new AlignException.Data("a tie with a probability of " + probability.orElseThrow() + "; it has none");
        }
        if (tie && margin.orElse(0.0) != 0) {
            throw new AlignException.Data("a tie with a margin of " + margin.orElseThrow() + "; it has none");
        }
    }

    public static Preference strict(String better, String worse) {
        return new Preference(better, worse, false, Optional.empty(), Optional.empty());
    }

    public static Preference tie(String one, String other) {
        return new Preference(one, other, true, Optional.empty(), Optional.empty());
    }

    @Override
    public List<String> outputs() {
        return List.of(better, worse);
    }

    @Override
    public List<Preference> preferences() {
        return List.of(this);
    }
}
