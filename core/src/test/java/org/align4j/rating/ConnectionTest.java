package org.align4j.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What votes leave open, and what a penalty makes of it.
class ConnectionTest {
    private static List<Vote> votes(String... rankings) {
        return Arrays.stream(rankings)
                .map(ranking -> Vote.of(Ranking.parse(ranking)))
                .toList();
    }

    private static RatingFit fit(RatingModel model, String... rankings) {
        return RatingFit.of(votes(rankings), FitOptions.of(model));
    }

    private static void assertHeldTogether(RatingFit fit) {
        assertThat(fit.penalty()).isEqualTo(FitOptions.WHERE_UNCONNECTED);
        assertThat(fit.ratings()).allSatisfy(rating -> {
            assertThat(Math.abs(rating.strength())).isLessThan(10);
            assertThat(rating.error()).isBetween(0.05, 10.0);
        });
    }

    @Test
    void plackettAndLuceLearnNothingFromATieAtTheLastPlace() {
        RatingFit fit = fit(RatingModel.PLACKETT_LUCE, "a > b", "b > a", "b = c");
        assertThat(fit.groups()).containsExactlyInAnyOrder(List.of("a", "b"), List.of("c"));
        assertHeldTogether(fit);
        assertThat(new Leaderboard(fit, Agreement.of(List.of())).markdown())
                .contains("there are 2 groups", "better than each other one", "Regularised");
    }

    @Test
    void anItemThatOnlyLostDoesNotDivergeBecauseItOnceWasTied() {
        RatingFit fit = fit(RatingModel.PLACKETT_LUCE, "d > a = b", "a > d", "d > a");
        assertThat(fit.groups()).containsExactlyInAnyOrder(List.of("a", "d"), List.of("b"));
        assertHeldTogether(fit);
    }

    /// Of the tied at a place before others the likelihood says more, but never that one was as
    /// good as another: a better and better a is ever likelier.
    @Test
    void aTieBeforeOthersDoesNotHoldTheTiedTogether() {
        RatingFit fit = fit(RatingModel.PLACKETT_LUCE, "a = b > c", "c > b");
        assertThat(fit.groups()).containsExactlyInAnyOrder(List.of("b", "c"), List.of("a"));
        assertHeldTogether(fit);
    }

    @ParameterizedTest
    @EnumSource(
            value = RatingModel.class,
            names = {"BRADLEY_TERRY", "PLACKETT_LUCE"})
    void aSoftPairHasItsProbability(RatingModel model) {
        Preference soft = new Preference("a", "b", false, Optional.empty(), Optional.of(0.7));
        RatingFit fit = RatingFit.of(List.of(Vote.of(soft)), FitOptions.of(model));
        assertThat(fit.probability("a", "b")).isCloseTo(0.7, within(1e-8));
        assertThat(fit.groups()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = RatingModel.class,
            names = {"BRADLEY_TERRY", "DAVIDSON", "RAO_KUPPER"})
    void tiesConnectWhereTheModelLearnsFromThem(RatingModel model) {
        RatingFit fit = fit(model, "a > b", "b > a", "b = c");
        assertThat(fit.groups()).hasSize(1);
        assertThat(fit.penalty()).isZero();
        assertThat(fit.ratings()).allMatch(rating -> Math.abs(rating.strength()) < 1e-6);
    }

    @ParameterizedTest
    @EnumSource(RatingModel.class)
    void votesThatAreAllTiesAreRefused(RatingModel model) {
        assertThatThrownBy(() -> fit(model, "a = b", "b = c"))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("every vote is a tie");
    }

    /// Two items' difference 2 δ has n p (1 − p) of information, each strength a penalty α: the
    /// variance of δ is 1 / (4 (n p (1 − p) + α)).
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 1, 30})
    void twoItemsHaveTheirErrorInClosedFormUnderAnyPenalty(double alpha) {
        List<Vote> votes = Stream.concat(
                        Collections.nCopies(7, votes("a > b").getFirst()).stream(),
                        Collections.nCopies(3, votes("b > a").getFirst()).stream())
                .toList();
        RatingFit fit =
                RatingFit.of(votes, FitOptions.of(RatingModel.BRADLEY_TERRY).withPenalty(alpha));
        double p = fit.probability("a", "b");
        double variance = 1 / (4 * (10 * p * (1 - p) + alpha));
        assertThat(fit.ratings())
                .allSatisfy(rating -> assertThat(rating.error())
                        .isCloseTo(Math.sqrt(variance), within(1e-6 * Math.sqrt(variance) + 1e-7)));
        // the slope 10 (0.7 − p) of the likelihood is the penalty's
        double strength = fit.rating("a").orElseThrow().strength();
        assertThat(10 * (0.7 - p)).isCloseTo(2 * alpha * strength, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource(
            value = RatingModel.class,
            names = {"DAVIDSON", "RAO_KUPPER"})
    void votesThatAThresholdExplainsLeaveTheTieParameterOpen(RatingModel model) {
        RatingFit fit = fit(model, "a > c", "a = b", "b = c");
        assertThat(fit.groups()).hasSize(1);
        assertThat(fit.threshold()).isTrue();
        assertHeldTogether(fit);
        assertThat(fit.tie().orElseThrow()).isBetween(0.1, 100.0);
        assertThat(new Leaderboard(fit, Agreement.of(List.of())).markdown()).contains("Some threshold explains");
        assertThatThrownBy(() -> RatingFit.of(
                        votes("a > c", "a = b", "b = c"), FitOptions.of(model).withPenalty(0)))
                .hasMessageContaining("without a penalty strengths and tie parameter grow");
    }

    /// a is a threshold ahead of b, b of c, and c no more than one ahead of a: two wins, one tie.
    @ParameterizedTest
    @EnumSource(
            value = RatingModel.class,
            names = {"DAVIDSON", "RAO_KUPPER"})
    void moreWinsThanTiesOnAWayRoundHoldTheTieParameter(RatingModel model) {
        RatingFit fit = fit(model, "a > b", "b > c", "c = a");
        assertThat(fit.groups()).hasSize(1);
        assertThat(fit.threshold()).isFalse();
        assertThat(fit.penalty()).isZero();
        assertThat(fit.ratings()).allMatch(rating -> rating.error() < 10);
        assertThat(fit(model, "a > b", "b = c", "c = a").threshold()).isTrue();
        // a win each way holds it, too, wherever else there are ties
        assertThat(fit(model, "a > c", "a = b", "b = c", "x > y", "y > x").threshold())
                .isFalse();
    }
}
