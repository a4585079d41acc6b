package org.align4j.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.align4j.data.preference.BestOf;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RatingFitTest {
    private static RatingFit fit(List<Vote> votes, RatingModel model) {
        return RatingFit.of(votes, FitOptions.of(model));
    }

    private static double[] estimates(RatingFit fit, int items) {
        return IntStream.range(0, items)
                .mapToDouble(i -> fit.rating(Simulation.name(i)).orElseThrow().strength())
                .toArray();
    }

    /// Slope and correlation of the estimates on the truth.
    private static void assertRecovered(RatingFit fit, double[] truth, double slopeTolerance) {
        double[] found = estimates(fit, truth.length);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < truth.length; i++) {
            xy += truth[i] * found[i];
            xx += truth[i] * truth[i];
            yy += found[i] * found[i];
        }
        assertThat(xy / Math.sqrt(xx * yy)).as("correlation").isGreaterThan(0.985);
        assertThat(xy / xx).as("slope").isCloseTo(1, within(slopeTolerance));
        assertThat(Arrays.stream(found).sum()).isCloseTo(0, within(1e-9));
    }

    @Test
    void twoItemsHaveTheLogOddsAndItsStandardError() {
        List<Vote> votes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            votes.add(Vote.of(Preference.strict(i < 30 ? "a" : "b", i < 30 ? "b" : "a")));
        }
        RatingFit fit = fit(votes, RatingModel.BRADLEY_TERRY);
        double difference = fit.rating("a").orElseThrow().strength()
                - fit.rating("b").orElseThrow().strength();
        assertThat(difference).isCloseTo(Math.log(3), within(1e-8));
        // 1 / (n p q), and each strength is half the difference
        double error = Math.sqrt(1 / (40 * 0.75 * 0.25)) / 2;
        assertThat(fit.rating("a").orElseThrow().error()).isCloseTo(error, within(1e-6));
        assertThat(fit.probability("a", "b")).isCloseTo(0.75, within(1e-8));
        assertThat(fit.logLikelihood()).isCloseTo(30 * Math.log(0.75) + 10 * Math.log(0.25), within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"DAVIDSON, 0.8", "RAO_KUPPER, 1.7"})
    void recoversStrengthsAndTheTieParameter(RatingModel model, double tie) {
        Simulation simulation = Simulation.of(8, 3);
        RatingFit fit = fit(simulation.pairs(8000, model, tie, 1, Optional.empty()), model);
        assertRecovered(fit, simulation.strengths(), 0.08);
        assertThat(fit.tie().orElseThrow()).isCloseTo(tie, within(0.08));
        assertThat(fit.groups()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"4, 0", "4, 0.3", "6, 0.3", "9, 0.3", "9, 0.6"})
    void recoversStrengthsFromRankingsWithTies(int size, double tied) {
        Simulation simulation = Simulation.of(9, 5);
        RatingFit fit = fit(simulation.rankings(1500, size, tied), RatingModel.PLACKETT_LUCE);
        assertRecovered(fit, simulation.strengths(), 0.1);
    }

    /// Pairs of one ranking go together: errors that pretend otherwise are too small.
    @ParameterizedTest
    @EnumSource(
            value = RatingModel.class,
            names = {"BRADLEY_TERRY", "PLACKETT_LUCE"})
    void intervalsHoldTheTruthNineteenTimesOfTwenty(RatingModel model) {
        int held = 0;
        int all = 0;
        for (int trial = 0; trial < 60; trial++) {
            Simulation simulation = Simulation.of(6, 100 + trial);
            RatingFit fit = fit(simulation.rankings(120, 5, 0), model);
            for (int i = 0; i < 6; i++) {
                Rating rating = fit.rating(Simulation.name(i)).orElseThrow();
                double truth = simulation.strengths()[i];
                held += rating.low() <= truth && truth <= rating.high() ? 1 : 0;
                all++;
            }
        }
        assertThat(held / (double) all).isBetween(0.91, 0.985);
    }

    @Test
    void tiesInRankingsNarrowIntervalsLessThanOrdersDo() {
        Simulation simulation = Simulation.of(6, 8);
        Rating loose = fit(simulation.rankings(300, 5, 0.5), RatingModel.PLACKETT_LUCE)
                .ratings()
                .getFirst();
        Rating sure = fit(simulation.rankings(300, 5, 0), RatingModel.PLACKETT_LUCE)
                .ratings()
                .getFirst();
        assertThat(sure.error()).isLessThan(loose.error());
    }

    @ParameterizedTest
    @EnumSource(RatingModel.class)
    void tellsNoisyLabelersFromSharpOnes(RatingModel model) {
        Simulation simulation = Simulation.of(6, 9);
        List<Vote> votes = new ArrayList<>();
        Map<String, Double> sharpness = new TreeMap<>(Map.of("noisy", 0.3, "plain", 1.0, "sharp", 2.5));
        sharpness.forEach((name, sharp) -> votes.addAll(
                simulation.pairs(1500, model, model == RatingModel.RAO_KUPPER ? 1.5 : 0.5, sharp, Optional.of(name))));
        RatingFit fit = RatingFit.of(votes, FitOptions.of(model).withLabelerEffects());
        assertThat(fit.labelers()).extracting(LabelerEffect::labeler).containsExactly("noisy", "plain", "sharp");
        double[] found =
                fit.labelers().stream().mapToDouble(LabelerEffect::sharpness).toArray();
        assertThat(found[0] / found[1]).isCloseTo(0.3, within(0.1));
        assertThat(found[2] / found[1]).isCloseTo(2.5, within(0.6));
        assertRecovered(fit, scaled(simulation.strengths(), Math.cbrt(0.3 * 2.5)), 0.15);
    }

    /// The mean of log sharpness is held at 0, so strengths take up what the labelers have in
    /// common.
    private static double[] scaled(double[] strengths, double factor) {
        return Arrays.stream(strengths).map(strength -> factor * strength).toArray();
    }

    @Test
    void gradientsAreTheSlopesOfTheLikelihood() {
        for (RatingModel model : RatingModel.values()) {
            Parameters parameters = new Parameters(
                    4,
                    switch (model) {
                        case DAVIDSON -> Parameters.Ties.LINEAR;
                        case RAO_KUPPER -> Parameters.Ties.EXPONENTIAL;
                        case BRADLEY_TERRY, PLACKETT_LUCE -> Parameters.Ties.NONE;
                    },
                    2);
            Vote vote = Vote.of(Ranking.parse("b = d = a > c"));
            VoteLikelihood likelihood =
                    new VoteLikelihood(model, parameters, vote, Map.of("a", 0, "b", 1, "c", 2, "d", 3), 1);
            CounterRandom random = CounterRandom.of(0, "theta");
            double[] theta = IntStream.range(0, parameters.count())
                    .mapToDouble(i -> 0.5 * random.gaussian(i))
                    .toArray();
            double[] gradient = new double[theta.length];
            likelihood.add(theta, gradient, new double[0][]);
            for (int i = 0; i < theta.length; i++) {
                double[] above = theta.clone();
                double[] below = theta.clone();
                above[i] += 1e-5;
                below[i] -= 1e-5;
                double slope = (likelihood.add(above, new double[theta.length], new double[0][])
                                - likelihood.add(below, new double[theta.length], new double[0][]))
                        / 2e-5;
                assertThat(gradient[i]).as(model + " " + i).isCloseTo(slope, within(1e-7));
            }
        }
    }

    /// The order among the tied is unknown: all orders' likelihoods added.
    @Test
    void tiedPlacesAddTheLikelihoodsOfTheirOrders() {
        double[] u = {0.3, -0.2, 1.1, 0.4};
        double sum = 0;
        for (int[] order : new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
            double left = Arrays.stream(u).map(Math::exp).sum();
            double p = 1;
            for (int item : order) {
                p *= Math.exp(u[item]) / left;
                left -= Math.exp(u[item]);
            }
            sum += p;
        }
        TiedOrders.Expected expected = new TiedOrders(new int[] {0, 1, 2}, new int[] {3}).at(u);
        assertThat(expected.logLikelihood()).isCloseTo(Math.log(sum), within(1e-12));
        assertThat(expected.picks().stream().mapToDouble(Pick::weight).sum()).isCloseTo(3, within(1e-12));
    }

    @Test
    void bestOfSaysNothingAboutTheOthers() {
        List<Vote> votes = new ArrayList<>();
        for (String best : List.of("a", "a", "a", "b", "b", "c")) {
            votes.add(Vote.of(new BestOf(
                    best,
                    List.of("a", "b", "c").stream()
                            .filter(name -> !name.equals(best))
                            .toList())));
        }
        RatingFit fit = fit(votes, RatingModel.PLACKETT_LUCE);
        double difference = fit.rating("a").orElseThrow().strength()
                - fit.rating("c").orElseThrow().strength();
        assertThat(difference).isCloseTo(Math.log(3), within(1e-7));
    }

    @Test
    void itemsThatDataDoNotConnectArePulledTogetherAndNamed() {
        List<Vote> votes = List.of(
                Vote.of(Ranking.parse("winner > a > b")),
                Vote.of(Ranking.parse("winner > b > a")),
                Vote.of(Ranking.parse("x > y")),
                Vote.of(Ranking.parse("y > x")));
        RatingFit fit = fit(votes, RatingModel.PLACKETT_LUCE);
        assertThat(fit.penalty()).isEqualTo(FitOptions.WHERE_UNCONNECTED);
        assertThat(fit.groups()).containsExactlyInAnyOrder(List.of("winner"), List.of("a", "b"), List.of("x", "y"));
        assertThat(fit.ratings().getFirst().item()).isEqualTo("winner");
        assertThat(fit.ratings()).allMatch(rating -> Double.isFinite(rating.error()));
        assertThatThrownBy(() -> RatingFit.of(
                        votes, FitOptions.of(RatingModel.PLACKETT_LUCE).withPenalty(0)))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("don't connect all items (3 groups");
    }

    @Test
    void votesThatDecideNothingAreRefused() {
        assertThatThrownBy(() -> fit(List.of(Vote.of(Preference.tie("a", "b"))), RatingModel.DAVIDSON))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("every vote is a tie");
        assertThatThrownBy(() -> fit(List.of(), RatingModel.BRADLEY_TERRY)).hasMessageContaining("no vote compares");
    }

    @Test
    void withoutTiesTheirModelsAreBradleyAndTerrys() {
        List<Vote> votes = Simulation.of(4, 1).rankings(50, 2, 0);
        assertThat(fit(votes, RatingModel.DAVIDSON)).isEqualTo(fit(votes, RatingModel.BRADLEY_TERRY));
        assertThat(fit(votes, RatingModel.RAO_KUPPER).tie()).isEmpty();
    }

    @Test
    void ratingsAreSortedBestFirst() {
        RatingFit fit = fit(Simulation.of(7, 2).rankings(200, 4, 0.2), RatingModel.PLACKETT_LUCE);
        assertThat(fit.ratings())
                .isSortedAccordingTo(
                        Comparator.comparingDouble(Rating::strength).reversed());
        assertThat(Rating.elo(Math.log(10))).isCloseTo(1900, within(1e-9));
    }
}
