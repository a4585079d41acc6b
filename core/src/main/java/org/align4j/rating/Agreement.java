package org.align4j.rating;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.align4j.data.preference.Preference;

/// How far labelers who judged the same items of the same question agree.
///
/// @param alpha Krippendorff's for the items' places among the same others, see
///     [KrippendorffAlpha]; NaN where nobody judged what another did
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

        Share plus(Share other) {
            return new Share(
                    same + other.same, all + other.all, sameStrict + other.sameStrict, allStrict + other.allStrict);
        }

        Share halved() {
            return new Share(same / 2, all / 2, sameStrict / 2, allStrict / 2);
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
    /// question are about one and the same. Who votes several times on the same is counted with
    /// each vote in pairs and with the mean places in alpha, and never compared with itself.
    public static Agreement of(List<Vote> votes) {
        Map<String, Integer> counts = new TreeMap<>();
        Map<Pair, Map<String, Said>> pairs = new LinkedHashMap<>();
        Map<Unit, Map<String, Mean>> units = new LinkedHashMap<>();
        for (Vote vote : votes) {
            vote.labeler().ifPresent(name -> {
                counts.merge(name, 1, Integer::sum);
                outcomes(vote)
                        .forEach((pair, said) -> pairs.computeIfAbsent(pair, key -> new LinkedHashMap<>())
                                .merge(name, said, Said::plus));
                places(vote)
                        .forEach((unit, place) -> units.computeIfAbsent(unit, key -> new LinkedHashMap<>())
                                .merge(name, new Mean(place, 1), Mean::plus));
            });
        }
        Map<String, Share> rest = new TreeMap<>();
        counts.keySet().forEach(name -> rest.put(name, Share.NONE));
        for (Map<String, Said> said : pairs.values()) {
            Said everyone = said.values().stream().reduce(Said.NOTHING, Said::plus);
            said.forEach((name, own) -> rest.merge(name, own.with(everyone.minus(own)), Share::plus));
        }
        // what two labelers say to each other is in the rest of both
        Share all = rest.values().stream().reduce(Share.NONE, Share::plus).halved();
        List<Labeler> labelers = new ArrayList<>();
        counts.forEach((name, count) -> labelers.add(new Labeler(
                name, count, rest.getOrDefault(name, Share.NONE), alpha(units, labeler -> !labeler.equals(name)))));
        return new Agreement(alpha(units, labeler -> true), all, labelers);
    }

    /// How often one labeler, or several, said what of a pair.
    private record Said(long first, long second, long tied) {
        static final Said NOTHING = new Said(0, 0, 0);

        Said plus(Said other) {
            return new Said(first + other.first, second + other.second, tied + other.tied);
        }

        Said minus(Said other) {
            return new Said(first - other.first, second - other.second, tied - other.tied);
        }

        /// Each of these with each of the others.
        Share with(Said others) {
            long same = first * others.first + second * others.second;
            long strict = (first + second) * (others.first + others.second);
            return new Share(
                    same + tied * others.tied,
                    (first + second + tied) * (others.first + others.second + others.tied),
                    same,
                    strict);
        }
    }

    /// A labeler's mean place of an item.
    private record Mean(double sum, int count) {
        Mean plus(Mean other) {
            return new Mean(sum + other.sum, count + other.count);
        }

        double value() {
            return sum / count;
        }
    }

    /// An item among all that it was compared with: the second of two is another place than the
    /// second of ten.
    private record Unit(String question, Set<String> compared, String item) {}

    /// Two items in the order of their names.
    private record Pair(String question, String first, String second) {}

    private static Map<Pair, Said> outcomes(Vote vote) {
        Map<Pair, Said> outcomes = new LinkedHashMap<>();
        for (Preference preference : vote.judgement().preferences()) {
            boolean inOrder = preference.better().compareTo(preference.worse()) < 0;
            String first = inOrder ? preference.better() : preference.worse();
            String second = inOrder ? preference.worse() : preference.better();
            outcomes.put(
                    new Pair(question(vote), first, second),
                    preference.tie() ? new Said(0, 0, 1) : inOrder ? new Said(1, 0, 0) : new Said(0, 1, 0));
        }
        return outcomes;
    }

    private static double alpha(Map<Unit, Map<String, Mean>> units, Predicate<String> labelers) {
        return KrippendorffAlpha.ordinal(units.values().stream()
                .map(places -> places.entrySet().stream()
                        .filter(place -> labelers.test(place.getKey()))
                        .map(place -> place.getValue().value())
                        .toList())
                .toList());
    }

    /// Each item's place from 1 for the best; the tied share the mean of their places. Judgements
    /// that leave pairs open give none.
    private static Map<Unit, Double> places(Vote vote) {
        Set<String> items = new TreeSet<>(vote.judgement().outputs());
        List<Preference> pairs = vote.judgement().preferences();
        Map<Unit, Double> places = new LinkedHashMap<>();
        if (pairs.size() == items.size() * (items.size() - 1) / 2) {
            Function<String, Unit> unit = item -> new Unit(question(vote), items, item);
            items.forEach(item -> places.put(unit.apply(item), 1.0));
            for (Preference pair : pairs) {
                places.merge(unit.apply(pair.worse()), pair.tie() ? 0.5 : 1, Double::sum);
                places.merge(unit.apply(pair.better()), pair.tie() ? 0.5 : 0, Double::sum);
            }
        }
        return places;
    }

    private static String question(Vote vote) {
        return vote.question().orElse("");
    }
}
