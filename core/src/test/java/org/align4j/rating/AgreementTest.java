package org.align4j.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.data.preference.Ranking;
import org.align4j.random.CounterRandom;
import org.junit.jupiter.api.Test;

class AgreementTest {
    /// The worked example of Krippendorff 2011, section E: 4 observers, 12 units, values missing.
    private static final double[][] OBSERVERS = {
        {1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
        {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
        {0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
        {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0}
    };

    private static Vote vote(String labeler, String question, String ranking) {
        return new Vote(Ranking.parse(ranking), Optional.of(labeler), Optional.of(question));
    }

    @Test
    void alphaIsKrippendorffsOwnOfHisExample() {
        List<List<Double>> units = new ArrayList<>();
        for (int unit = 0; unit < 12; unit++) {
            List<Double> values = new ArrayList<>();
            for (double[] observer : OBSERVERS) {
                if (observer[unit] > 0) {
                    values.add(observer[unit]);
                }
            }
            units.add(values);
        }
        assertThat(KrippendorffAlpha.ordinal(units)).isCloseTo(0.815, within(5e-4));
    }

    @Test
    void equalRankingsAgreeWholly() {
        Agreement agreement = Agreement.of(List.of(
                vote("ann", "q1", "a > b = c"),
                vote("bob", "q1", "a > c = b"),
                vote("ann", "q2", "c > b > a"),
                vote("bob", "q2", "c > b > a")));
        assertThat(agreement.alpha()).isEqualTo(1);
        assertThat(agreement.pairs().share()).isEqualTo(1);
        assertThat(agreement.pairs()).isEqualTo(new Agreement.Share(6, 6, 5, 5));
    }

    @Test
    void countsPairsThatBothJudged() {
        Agreement agreement = Agreement.of(
                List.of(vote("ann", "q", "a > b > c"), vote("bob", "q", "b > a = d"), vote("cid", "other", "a > b")));
        // of a and b they say the opposite; c and d only one judged
        assertThat(agreement.pairs()).isEqualTo(new Agreement.Share(0, 1, 0, 1));
        assertThat(agreement.labelers())
                .filteredOn(labeler -> labeler.name().equals("cid"))
                .singleElement()
                .satisfies(cid -> assertThat(cid.rest().all()).isZero());
    }

    private static Vote vote(String labeler, String ranking) {
        return new Vote(Ranking.parse(ranking), Optional.of(labeler), Optional.empty());
    }

    /// b's place is 2 of one pair and 1 of another, which says nothing about their agreement.
    @Test
    void placesAmongOtherItemsAreNotCompared() {
        Agreement agreement = Agreement.of(List.of(vote("ann", "a > b"), vote("bob", "b > c")));
        assertThat(agreement.alpha()).isNaN();
        assertThat(agreement.pairs().all()).isZero();
        assertThat(Agreement.of(List.of(
                                vote("ann", "a > b"),
                                vote("bob", "a > b"),
                                vote("ann", "b > c"),
                                vote("bob", "b > c"),
                                vote("ann", "c > b > d")))
                        .alpha())
                .isEqualTo(1);
    }

    @Test
    void aLabelerIsNotComparedWithItself() {
        assertThat(Agreement.of(List.of(vote("ann", "a > b"), vote("ann", "b > a")))
                        .alpha())
                .isNaN();
        List<Vote> votes = List.of(
                vote("ann", "a > b"),
                vote("ann", "a > b"),
                vote("ann", "b > a"),
                vote("bob", "a > b"),
                vote("bob", "a = b"));
        Agreement agreement = Agreement.of(votes);
        // each of ann's three with each of bob's two; where bob says tied nobody agrees
        assertThat(agreement.pairs()).isEqualTo(new Agreement.Share(2, 6, 2, 3));
        assertThat(agreement.labelers())
                .allSatisfy(labeler -> assertThat(labeler.rest()).isEqualTo(agreement.pairs()))
                .extracting(Agreement.Labeler::votes)
                .containsExactly(3, 2);
        // mean places 4/3 and 5/4 of a, 5/3 and 7/4 of b: one rank apart each, up to three by chance
        assertThat(agreement.alpha()).isCloseTo(0.7, within(1e-12));
    }

    /// All votes on the same items without a question: as many as arenas have.
    @Test
    void manyVotesWithoutAQuestionAreCounted() {
        CounterRandom random = CounterRandom.of(6, "many");
        List<Vote> votes = new ArrayList<>();
        for (int v = 0; v < 100_000; v++) {
            votes.add(vote("labeler " + v % 3, random.uniform(v) < 0.75 ? "a > b" : "b > a"));
        }
        Agreement agreement = Agreement.of(votes);
        assertThat(agreement.pairs().all()).isEqualTo(2 * 33_334L * 33_333 + 33_333L * 33_333);
        assertThat(agreement.pairs().share()).isCloseTo(0.75 * 0.75 + 0.25 * 0.25, within(0.01));
        assertThat(agreement.pairs().strictShare()).isEqualTo(agreement.pairs().share());
    }

    @Test
    void chanceGivesNoAgreementAndAnOddOneOutIsSeen() {
        CounterRandom random = CounterRandom.of(5, "agreement");
        List<Vote> votes = new ArrayList<>();
        for (int q = 0; q < 300; q++) {
            int[] truth = random.permutation(4, q, 0);
            int[] chance = random.permutation(4, q, 1);
            votes.add(vote("ann", "q" + q, text(truth)));
            votes.add(vote("bob", "q" + q, text(truth)));
            votes.add(vote("odd", "q" + q, text(chance)));
        }
        Agreement agreement = Agreement.of(votes);
        Agreement.Labeler odd = agreement.labelers().getLast();
        assertThat(odd.name()).isEqualTo("odd");
        assertThat(odd.rest().strictShare()).isCloseTo(0.5, within(0.05));
        assertThat(odd.alphaWithout()).isEqualTo(1);
        assertThat(agreement.labelers().getFirst().alphaWithout()).isCloseTo(0, within(0.07));
        assertThat(agreement.alpha()).isCloseTo(1 / 3.0, within(0.05));
    }

    private static String text(int[] order) {
        return String.join(
                " > ",
                IntStream.of(order)
                        .mapToObj(item -> String.valueOf((char) ('a' + item)))
                        .toList());
    }

    @Test
    void oneLabelerAgreesWithNobody() {
        assertThat(Agreement.of(List.of(vote("ann", "q", "a > b"))).alpha()).isNaN();
        assertThat(Agreement.of(List.of()).pairs().share()).isNaN();
    }
}
