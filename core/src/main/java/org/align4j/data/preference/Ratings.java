package org.align4j.data.preference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.align4j.error.AlignException;

/// A number for each output; higher is better.
///
/// @param values by the outputs' ids
public record Ratings(Map<String, Double> values) implements Judgement {
    /// @throws AlignException.Data when there is none or one isn't finite
    public Ratings {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        if (values.isEmpty()) {
            throw new AlignException.Data("ratings: rate no output; rate at least one");
        }
        values.forEach((id, value) -> {
            if (!Double.isFinite(value)) {
                throw new AlignException.Data("ratings: \"" + id + "\" is rated " + value + "; must be finite");
            }
        });
    }

    @Override
    public List<String> outputs() {
        return List.copyOf(values.keySet());
    }

    /// All pairs: the margin is the difference, equal ratings are ties.
    @Override
    public List<Preference> preferences() {
        List<Preference> pairs = new ArrayList<>();
        List<String> ids = outputs();
        for (int i = 0; i < ids.size(); i++) {
            for (int j = i + 1; j < ids.size(); j++) {
                pairs.add(preference(ids.get(i), ids.get(j)));
            }
        }
        return pairs;
    }

    private Preference preference(String one, String other) {
        double difference = value(one) - value(other);
        if (difference == 0) {
            return Preference.tie(one, other);
        }
        return new Preference(
                difference > 0 ? one : other,
                difference > 0 ? other : one,
                false,
                Optional.of(Math.abs(difference)),
                Optional.empty());
    }

    /// An output's rating.
    ///
    /// @throws AlignException.Data when it isn't rated
    public double value(String id) {
        return Optional.ofNullable(values.get(id))
                .orElseThrow(() -> new AlignException.Data("ratings: \"" + id + "\" isn't rated"));
    }

    /// The order alone: loses how far apart the outputs are.
    public Ranking ranking() {
        Map<Double, List<String>> groups = new TreeMap<>(Collections.reverseOrder());
        // -0.0 and 0.0 are one rating, but two keys.
        values.forEach((id, value) ->
                groups.computeIfAbsent(value + 0.0, key -> new ArrayList<>()).add(id));
        return new Ranking(List.copyOf(groups.values()));
    }
}
