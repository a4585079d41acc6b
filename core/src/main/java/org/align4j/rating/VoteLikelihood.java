package org.align4j.rating;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;

/// The log-likelihood of one vote.
final class VoteLikelihood {
    private final RatingModel model;
    private final Parameters parameters;
    private final int labeler;
    private final List<Pick> picks = new ArrayList<>();
    private final List<TiedOrders> tied = new ArrayList<>();
    /// Weight of the pairs that are tied, for Rao and Kupper.
    private double ties;

    /// @param labeler its number; 0 where labelers are alike
    VoteLikelihood(RatingModel model, Parameters parameters, Vote vote, Map<String, Integer> items, int labeler) {
        this.model = model;
        this.parameters = parameters;
        this.labeler = labeler;
        // of two items Plackett and Luce are Bradley and Terry, who know soft labels
        boolean pairs = vote.judgement() instanceof Preference pair && !pair.tie();
        if (model == RatingModel.PLACKETT_LUCE && !pairs) {
            ranking(vote, items);
        } else {
            for (Preference pair : vote.judgement().preferences()) {
                int better = number(pair.better(), items);
                int worse = number(pair.worse(), items);
                double sure = pair.tie() ? 0 : pair.probability().orElse(1.0);
                if (pair.tie()) {
                    tie(better, worse);
                } else {
                    win(better, worse, sure);
                    win(worse, better, 1 - sure);
                }
            }
        }
    }

    private void win(int better, int worse, double weight) {
        if (weight > 0) {
            picks.add(
                    switch (model) {
                        case DAVIDSON -> davidson(better, worse, 0, weight);
                        case RAO_KUPPER -> Pick.among(new int[] {better, worse}, new double[] {-1, 0}, 0, weight);
                        case BRADLEY_TERRY, PLACKETT_LUCE -> Pick.among(new int[] {better, worse}, 0, weight);
                    });
        }
    }

    private void tie(int one, int other) {
        switch (model) {
            case DAVIDSON -> picks.add(davidson(one, other, 2, 1));
            case RAO_KUPPER -> {
                // P(tie) = (θ² − 1) σ(d − log θ) σ(−d − log θ)
                win(one, other, 1);
                win(other, one, 1);
                ties++;
            }
            case BRADLEY_TERRY, PLACKETT_LUCE -> {
                win(one, other, 0.5);
                win(other, one, 0.5);
            }
        }
    }

    private static Pick davidson(int one, int other, int chosen, double weight) {
        return new Pick(
                new int[][] {{one}, {other}, {one, other}},
                new double[][] {{1}, {1}, {0.5, 0.5}},
                new double[] {0, 0, 1},
                chosen,
                weight);
    }

    private void ranking(Vote vote, Map<String, Integer> items) {
        for (Ranking.Stage stage : vote.judgement().places().stages()) {
            int[] group = numbers(stage.group(), items);
            int[] later = numbers(stage.later(), items);
            if (group.length == 1) {
                int[] left = new int[later.length + 1];
                left[0] = group[0];
                System.arraycopy(later, 0, left, 1, later.length);
                picks.add(Pick.among(left, 0, 1));
            } else {
                tied.add(new TiedOrders(group, later));
            }
        }
    }

    private static int number(String name, Map<String, Integer> items) {
        return Objects.requireNonNull(items.get(name), name);
    }

    private static int[] numbers(List<String> names, Map<String, Integer> items) {
        return names.stream().mapToInt(name -> number(name, items)).toArray();
    }

    /// Enters whom each item lost to, so far as this model makes something of it: the votes are the
    /// likelier the stronger an item is that never loses. Plackett and Luce never take one item to
    /// be as good as another: that the order of the tied isn't known holds no two together.
    ///
    /// @param losses by item; see [Components]
    void enterLosses(List<BitSet> losses) {
        for (Pick pick : picks) {
            for (int[] option : pick.options()) {
                enterLosses(option, pick.options()[pick.chosen()], losses);
            }
        }
        tied.forEach(orders -> enterLosses(orders.later(), orders.group(), losses));
    }

    private static void enterLosses(int[] losers, int[] winners, List<BitSet> losses) {
        for (int loser : losers) {
            for (int winner : winners) {
                losses.get(loser).set(winner);
            }
        }
    }

    /// Adds the gradient and the information (the Hessian's negative, expected over unknown orders
    /// and without the curvature of what isn't linear, so that it is never negative) at `theta`.
    ///
    /// @param information empty: not wanted
    /// @return the log-likelihood
    double add(double[] theta, double[] gradient, double[][] information) {
        At at = new At(
                parameters.sharpnessOf(labeler, theta),
                parameters.tieOf(labeler, theta),
                parameters.tieSlope(labeler, theta),
                theta);
        double total = 0;
        for (Pick pick : picks) {
            total += add(pick, at, gradient, information);
        }
        if (!tied.isEmpty()) {
            double[] utilities = new double[parameters.items()];
            for (int i = 0; i < utilities.length; i++) {
                utilities[i] = at.sharpness() * theta[i];
            }
            for (TiedOrders orders : tied) {
                TiedOrders.Expected expected = orders.at(utilities);
                total += expected.logLikelihood();
                expected.picks().forEach(pick -> add(pick, at, gradient, information));
            }
        }
        return ties > 0 ? total + addTies(at, gradient, information) : total;
    }

    /// The labeler's terms at a point.
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
    private record At(double sharpness, double tie, double tieSlope, double[] theta) {}

    /// log(θ² − 1) for each tie, θ = e^t.
    private double addTies(At at, double[] gradient, double[][] information) {
        double shrink = -Math.expm1(-2 * at.tie());
        int[] places = tiePlaces();
        for (int i : places) {
            gradient[i] += ties * at.tieSlope() * 2 / shrink;
            for (int j : information.length == 0 ? new int[0] : places) {
                information[i][j] += ties * at.tieSlope() * at.tieSlope() * 4 * (1 - shrink) / (shrink * shrink);
            }
        }
        return ties * (2 * at.tie() + Math.log(shrink));
    }

    private int[] tiePlaces() {
        return parameters.labelers() == 0
                ? new int[] {parameters.tie()}
                : new int[] {parameters.tie(), parameters.ownTie(labeler)};
    }

    /// An option's utility and how it changes with the parameters that it depends on.
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
    private record Option(double utility, int[] places, double[] slopes) {}

    private Option option(Pick pick, int number, At at) {
        int[] items = pick.options()[number];
        double strengths = 0;
        int[] places = Arrays.copyOf(items, items.length + 3);
        double[] slopes = new double[items.length + 3];
        int count = items.length;
        for (int k = 0; k < items.length; k++) {
            slopes[k] = at.sharpness() * pick.shares()[number][k];
            strengths += slopes[k] * at.theta()[items[k]];
        }
        if (parameters.labelers() > 0) {
            places[count] = parameters.sharpness(labeler);
            slopes[count++] = strengths;
        }
        double tie = pick.ties()[number];
        if (tie != 0) {
            for (int place : tiePlaces()) {
                places[count] = place;
                slopes[count++] = tie * at.tieSlope();
            }
        }
        return new Option(strengths + tie * at.tie(), Arrays.copyOf(places, count), Arrays.copyOf(slopes, count));
    }

    private double add(Pick pick, At at, double[] gradient, double[][] information) {
        Option[] options = new Option[pick.options().length];
        double[] utilities = new double[options.length];
        for (int o = 0; o < options.length; o++) {
            options[o] = option(pick, o, at);
            utilities[o] = options[o].utility();
        }
        double logSum = TiedOrders.logSum(utilities);
        Map<Integer, Double> mean = new HashMap<>();
        for (int o = 0; o < options.length; o++) {
            int[] places = options[o].places();
            double[] slopes = options[o].slopes();
            double p = Math.exp(utilities[o] - logSum);
            double surprise = pick.weight() * ((o == pick.chosen() ? 1 : 0) - p);
            for (int k = 0; k < places.length; k++) {
                gradient[places[k]] += surprise * slopes[k];
                mean.merge(places[k], p * slopes[k], Double::sum);
                for (int m = 0; m < places.length && information.length > 0; m++) {
                    information[places[k]][places[m]] += pick.weight() * p * slopes[k] * slopes[m];
                }
            }
        }
        if (information.length > 0) {
            mean.forEach((i, one) -> mean.forEach((j, other) -> information[i][j] -= pick.weight() * one * other));
        }
        return pick.weight() * (utilities[pick.chosen()] - logSum);
    }
}
