package org.align4j.data.preference;

import java.util.ArrayList;
import java.util.List;
import org.align4j.error.AlignException;

/// The best of K outputs. About the others it says nothing: they are not tied.
///
/// @param others the ids that it was preferred to, at least one
public record BestOf(String best, List<String> others) implements Judgement {
    /// @throws AlignException.Data when there is no other output or an id is named twice
    public BestOf {
        others = List.copyOf(others);
        if (others.isEmpty()) {
            throw new AlignException.Data("best: \"" + best + "\" is the only output; give at least two");
        }
        if (others.contains(best) || others.stream().distinct().count() < others.size()) {
            throw new AlignException.Data("best: an output is named twice in " + best + ", " + others);
        }
    }

    @Override
    public List<String> outputs() {
        List<String> ids = new ArrayList<>(others);
        ids.addFirst(best);
        return ids;
    }

    /// The best before each of the others: K − 1 pairs.
    @Override
    public List<Preference> preferences() {
        return others.stream().map(other -> Preference.strict(best, other)).toList();
    }

    /// A ranking that claims more than was said: the others tied.
    public Ranking rankingWithOthersTied() {
        return new Ranking(List.of(List.of(best), others));
    }
}
