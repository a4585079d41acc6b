package org.align4j.rating;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.random.CounterRandom;

/// Votes drawn from known strengths, exactly as a model says.
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
record Simulation(double[] strengths, CounterRandom random) {
    static Simulation of(int items, long seed) {
        CounterRandom random = CounterRandom.of(seed, "simulation");
        double[] strengths = IntStream.range(0, items)
                .mapToDouble(i -> random.gaussian(0, i))
                .toArray();
        double mean = IntStream.range(0, items).mapToDouble(i -> strengths[i]).sum() / items;
        for (int i = 0; i < items; i++) {
            strengths[i] -= mean;
        }
        return new Simulation(strengths, random.at(1));
    }

    static String name(int item) {
        return "item " + (char) ('a' + item);
    }

    /// Pairs under Davidson (`tie` = ν) or Rao and Kupper (`tie` = θ).
    List<Vote> pairs(int count, RatingModel model, double tie, double sharpness, Optional<String> labeler) {
        List<Vote> votes = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            CounterRandom draw = random.at(labeler.orElse("").hashCode(), n);
            int[] order = draw.permutation(strengths.length, 0);
            double d = sharpness * (strengths[order[0]] - strengths[order[1]]);
            double win = win(model, d, tie);
            double loss = win(model, -d, tie);
            double u = draw.uniform(1);
            Preference vote = u < win
                    ? Preference.strict(name(order[0]), name(order[1]))
                    : u < win + loss
                            ? Preference.strict(name(order[1]), name(order[0]))
                            : Preference.tie(name(order[0]), name(order[1]));
            votes.add(new Vote(vote, labeler, Optional.empty()));
        }
        return votes;
    }

    private static double win(RatingModel model, double d, double tie) {
        return switch (model) {
            case DAVIDSON -> Math.exp(d / 2) / (Math.exp(d / 2) + Math.exp(-d / 2) + tie);
            case RAO_KUPPER -> 1 / (1 + tie * Math.exp(-d));
            case BRADLEY_TERRY, PLACKETT_LUCE -> 1 / (1 + Math.exp(-d));
        };
    }

    /// Rankings of `size` items under Plackett and Luce, neighbours then being tied with a
    /// probability.
    List<Vote> rankings(int count, int size, double tied) {
        List<Vote> votes = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            CounterRandom draw = random.at(7, size, n);
            int[] chosen = draw.permutation(strengths.length, 0);
            List<Integer> ranked = IntStream.range(0, size)
                    .boxed()
                    // the largest of x plus Gumbel noise is chosen with P ∝ e^x
                    .sorted(Comparator.comparingDouble(
                            i -> -strengths[chosen[i]] + Math.log(-Math.log(draw.uniform(1, i) + 1e-300))))
                    .map(i -> chosen[i])
                    .toList();
            List<List<String>> groups = new ArrayList<>();
            for (int place = 0; place < size; place++) {
                if (place == 0 || draw.uniform(2, place) >= tied) {
                    groups.add(new ArrayList<>());
                }
                groups.getLast().add(name(ranked.get(place)));
            }
            votes.add(Vote.of(new Ranking(groups)));
        }
        return votes;
    }
}
