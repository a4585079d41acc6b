package org.align4j.data.preference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.align4j.error.AlignException;

/// An order of outputs in which several may share a place: `D > C > A = B`.
///
/// @param groups ids of the outputs that are tied, best group first
public record Ranking(List<List<String>> groups) implements Judgement {
    /// The orders of a tied group are added over its 2^n subsets.
    private static final int MOST_TIED = 12;

    /// A step of Plackett and Luce: these outputs are chosen before the later ones, in an order
    /// that nobody told.
    ///
    /// @param later at least one
    public record Stage(List<String> group, List<String> later) {
        public Stage {
            group = List.copyOf(group);
            later = List.copyOf(later);
        }
    }

    /// @throws AlignException.Data when there is no output, a group is empty, or an id is named
    ///     twice
    public Ranking {
        groups = groups.stream().map(List::copyOf).toList();
        if (groups.isEmpty()) {
            throw new AlignException.Data("ranking: names no output; write it like \"D > C > A = B\"");
        }
        Set<String> seen = new LinkedHashSet<>();
        for (List<String> group : groups) {
            if (group.isEmpty()) {
                throw new AlignException.Data("ranking: a place without an output; write it like \"D > C > A = B\"");
            }
            for (String id : group) {
                if (!seen.add(id)) {
                    throw new AlignException.Data("ranking: names \"" + id + "\" twice; name every output once");
                }
            }
        }
    }

    /// Reads `D > C > A = B`: ids without `>`, `=` and white space at their ends. Others have to
    /// come as groups.
    ///
    /// @throws AlignException.Data for a text that is no ranking
    public static Ranking parse(String text) {
        List<List<String>> groups = Arrays.stream(text.split(">", -1))
                .map(group ->
                        Arrays.stream(group.split("=", -1)).map(String::strip).toList())
                .toList();
        if (groups.stream().anyMatch(group -> group.contains(""))) {
            throw new AlignException.Data("ranking: \"" + text + "\" lacks an output at one place; write it like"
                    + " \"D > C > A = B\", ids that hold > or = in a list");
        }
        return new Ranking(groups);
    }

    /// The ranking that decides exactly these pairs.
    ///
    /// @throws AlignException.Data when they leave a pair open, contradict each other, or say how
    ///     much better or how likely, which a ranking cannot hold
    public static Ranking of(Collection<Preference> preferences) {
        Set<String> ids = new LinkedHashSet<>();
        preferences.forEach(preference -> ids.addAll(preference.outputs()));
        List<List<String>> groups = new ArrayList<>();
        ids.stream()
                .collect(Collectors.groupingBy(
                        id -> preferences.stream()
                                .filter(each -> !each.tie() && each.worse().equals(id))
                                .count(),
                        java.util.TreeMap::new,
                        Collectors.toList()))
                .values()
                .forEach(groups::add);
        Ranking ranking = new Ranking(groups);
        if (!normal(ranking.preferences()).equals(normal(preferences))) {
            throw new AlignException.Data(
                    "these pairs are no ranking: some are missing, contradict each other, or have margins");
        }
        return ranking;
    }

    /// Ties without a direction, to compare by.
    private static Set<Object> normal(Collection<Preference> preferences) {
        return preferences.stream()
                .map(each ->
                        each.equals(Preference.tie(each.better(), each.worse())) ? Set.copyOf(each.outputs()) : each)
                .collect(Collectors.toSet());
    }

    /// All outputs, best first; tied ones in the order in which they are written.
    @Override
    public List<String> outputs() {
        return groups.stream().flatMap(List::stream).toList();
    }

    /// The group that an output is in, from 0 for the best.
    ///
    /// @throws AlignException.Data when the ranking doesn't name it
    public int place(String id) {
        for (int place = 0; place < groups.size(); place++) {
            if (groups.get(place).contains(id)) {
                return place;
            }
        }
        throw new AlignException.Data("ranking " + this + ": doesn't name \"" + id + "\"");
    }

    /// Whether two outputs share a place.
    public boolean hasTies() {
        return groups.stream().anyMatch(group -> group.size() > 1);
    }

    /// What Plackett and Luce see of it, best first. The last place is no step: nothing is left to
    /// choose from.
    ///
    /// @throws AlignException.Data when more than 12 outputs share an earlier place
    public List<Stage> stages() {
        List<Stage> stages = new ArrayList<>();
        for (int place = 0; place + 1 < groups.size(); place++) {
            List<String> group = groups.get(place);
            if (group.size() > MOST_TIED) {
                throw new AlignException.Data("ranking " + this + ": " + group.size() + " outputs are tied at one"
                        + " place; Plackett–Luce takes at most " + MOST_TIED
                        + ", choose another model or loss, or leave such rows out");
            }
            List<String> later = groups.subList(place + 1, groups.size()).stream()
                    .flatMap(List::stream)
                    .toList();
            stages.add(new Stage(group, later));
        }
        return stages;
    }

    /// All K (K − 1) / 2 pairs: ties are kept as ties.
    @Override
    public List<Preference> preferences() {
        List<Preference> pairs = new ArrayList<>();
        List<String> ids = outputs();
        for (int i = 0; i < ids.size(); i++) {
            for (int j = i + 1; j < ids.size(); j++) {
                boolean tie = place(ids.get(i)) == place(ids.get(j));
                pairs.add(tie ? Preference.tie(ids.get(i), ids.get(j)) : Preference.strict(ids.get(i), ids.get(j)));
            }
        }
        return pairs;
    }

    /// `D > C > A = B`, which [#parse] reads back where no id holds `>`, `=` or outer white space.
    @Override
    public String toString() {
        return groups.stream().map(group -> String.join(" = ", group)).collect(Collectors.joining(" > "));
    }
}
