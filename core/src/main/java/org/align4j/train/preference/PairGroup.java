package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.preference.Preference;
import org.align4j.loss.preference.PlackettLuce;
import org.align4j.loss.preference.PreferenceLoss;

/// Outputs for one prompt as tokens, each once, and the pairs among them that a loss learns from.
///
/// @param outputs of a ranking, for [PlackettLuce], best first
public record PairGroup(List<TokenizedExample> outputs, List<Pair> pairs) {
    /// Two outputs by their numbers.
    ///
    /// @param tie whether neither is better
    /// @param probability that the chosen one is better
    public record Pair(int chosen, int rejected, boolean tie, double probability) {}

    /// What `loss` can use of a comparison; empty where that is nothing: ties, mostly.
    static Optional<PairGroup> of(TokenizedComparison comparison, PreferenceLoss loss) {
        List<Preference> preferences = comparison.comparison().judgement().preferences().stream()
                .filter(preference -> loss.knowsTies() || !preference.tie())
                .toList();
        SequencedSet<String> ids = new LinkedHashSet<>();
        preferences.forEach(preference -> ids.addAll(preference.outputs()));
        List<String> order = new ArrayList<>(ids);
        if (loss instanceof PlackettLuce) {
            order.sort(Comparator.comparingLong(id -> losses(id, preferences)));
        }
        boolean ordered = preferences.size() == order.size() * (order.size() - 1) / 2;
        if (preferences.isEmpty() || (loss instanceof PlackettLuce && !ordered)) {
            return Optional.empty();
        }
        return Optional.of(new PairGroup(
                order.stream().map(comparison::output).toList(),
                preferences.stream()
                        .map(preference -> new Pair(
                                order.indexOf(preference.better()),
                                order.indexOf(preference.worse()),
                                preference.tie(),
                                preference.probability().orElse(1.0)))
                        .toList()));
    }

    private static long losses(String id, List<Preference> preferences) {
        return preferences.stream().filter(each -> each.worse().equals(id)).count();
    }

    /// What its losses count in a mean: its pairs; 1 for a loss of rankings, if there is one to
    /// learn
    /// from.
    public int units(PreferenceLoss loss) {
        return loss instanceof PlackettLuce ? Math.min(1, pairs.size()) : pairs.size();
    }

    /// Tokens of all outputs.
    public int length() {
        return outputs.stream().mapToInt(TokenizedExample::length).sum();
    }
}
