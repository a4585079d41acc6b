package org.align4j.rating;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.align4j.data.preference.Preference;

/// How far labelers who judged the same items of the same question agree.
///
/// @param alpha Krippendorff's for the items' places, see [KrippendorffAlpha]; NaN where nobody
///     judged what another did
/// @param pairs over all pairs of labelers
/// @param labelers each against all others, by name
public record Agreement(double alpha, Share pairs, List<Labeler> labelers) {
    public Agreement {
        labelers = List.copyOf(labelers);
    }

    /// How often two labelers said the same about two items: one better, the other better, or tied.
    ///
    /// @param same how often
    /// @param all of how many
    /// @param sameStrict how often where neither said tied
    /// @param allStrict of how many
    public record Share(long same, long all, long sameStrict, long allStrict) {
        static final Share NONE = new Share(0, 0, 0, 0);

        Share plus(int one, int other) {
            int equal = one == other ? 1 : 0;
            int strict = one != 0 && other != 0 ? 1 : 0;
            return new Share(same + equal, all + 1, sameStrict + (strict == 1 ? equal : 0), allStrict + strict);
        }

        /// From 0 to 1; NaN of nothing.
        public double share() {
            return (double) same / all;
        }

        /// From 0 to 1; NaN of nothing. Chance gives a half.
        public double strictShare() {
            return (double) sameStrict / allStrict;
        }
    }

    /// One labeler.
    ///
    /// @param votes how many it gave
    /// @param rest its agreement with each other labeler's votes
    /// @param alphaWithout alpha of the others: higher than alpha, and they agree better without it
    public record Labeler(String name, int votes, Share rest, double alphaWithout) {}

    /// Agreement of votes that name their labelers; those that don't are left out. Votes without a
    /// question are about one and the same.
    public static Agreement of(List<Vote> votes) {
        List<Vote> named =
                votes.stream().filter(vote -> vote.labeler().isPresent()).toList();
        Map<String, List<Vote>> questions = new LinkedHashMap<>();
        named.forEach(vote -> questions
                .computeIfAbsent(vote.question().orElse(""), question -> new ArrayList<>())
                .add(vote));
        Share all = Share.NONE;
        Map<String, Share> rest = new TreeMap<>();
        named.forEach(vote -> rest.put(name(vote), Share.NONE));
        for (List<Vote> same : questions.values()) {
            for (int i = 0; i < same.size(); i++) {
                for (int j = i + 1; j < same.size(); j++) {
                    String one = name(same.get(i));
                    String other = name(same.get(j));
                    if (one.equals(other)) {
                        continue;
                    }
                    Map<Pair, Integer> second = outcomes(same.get(j));
                    for (Map.Entry<Pair, Integer> outcome :
                            outcomes(same.get(i)).entrySet()) {
                        Integer said = second.get(outcome.getKey());
                        if (said != null) {
                            int first = outcome.getValue();
                            all = all.plus(first, said);
                            rest.computeIfPresent(one, (key, share) -> share.plus(first, said));
                            rest.computeIfPresent(other, (key, share) -> share.plus(first, said));
                        }
                    }
                }
            }
        }
        List<Labeler> labelers = new ArrayList<>();
        rest.forEach((name, share) -> labelers.add(new Labeler(
                name,
                (int) named.stream().filter(vote -> name(vote).equals(name)).count(),
                share,
                alpha(named.stream().filter(vote -> !name(vote).equals(name)).toList()))));
        return new Agreement(alpha(named), all, labelers);
    }

    /// Two items in the order of their names.
    private record Pair(String question, String first, String second) {}

    /// What a vote says of each pair: 1 for the first, −1 for the second, 0 for a tie.
    private static Map<Pair, Integer> outcomes(Vote vote) {
        Map<Pair, Integer> outcomes = new LinkedHashMap<>();
        for (Preference preference : vote.judgement().preferences()) {
            boolean inOrder = preference.better().compareTo(preference.worse()) < 0;
            String first = inOrder ? preference.better() : preference.worse();
            String second = inOrder ? preference.worse() : preference.better();
            outcomes.put(new Pair(vote.question().orElse(""), first, second), preference.tie() ? 0 : inOrder ? 1 : -1);
        }
        return outcomes;
    }

    /// Places that labelers gave items: units are the items of each question.
    private static double alpha(List<Vote> votes) {
        Map<Pair, List<Double>> units = new LinkedHashMap<>();
        for (Vote vote : votes) {
            places(vote)
                    .forEach((item, place) -> units.computeIfAbsent(
                                    new Pair(vote.question().orElse(""), item, ""), unit -> new ArrayList<>())
                            .add(place));
        }
        return KrippendorffAlpha.ordinal(List.copyOf(units.values()));
    }

    /// Each item's place from 1 for the best; the tied share the mean of their places. Judgements
    /// that leave pairs open give none.
    private static Map<String, Double> places(Vote vote) {
        List<String> items = vote.judgement().outputs();
        List<Preference> pairs = vote.judgement().preferences();
        Map<String, Double> places = new LinkedHashMap<>();
        if (pairs.size() == items.size() * (items.size() - 1) / 2) {
            new TreeSet<>(items).forEach(item -> places.put(item, 1.0));
            for (Preference pair : pairs) {
                places.merge(pair.worse(), pair.tie() ? 0.5 : 1, Double::sum);
                places.merge(pair.better(), pair.tie() ? 0.5 : 0, Double::sum);
            }
        }
        return places;
    }

    private static String name(Vote vote) {
        return vote.labeler().orElseThrow();
    }
}
