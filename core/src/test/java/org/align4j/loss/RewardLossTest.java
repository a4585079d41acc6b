package org.align4j.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.data.preference.BestOf;
import org.align4j.data.preference.Judgement;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.data.preference.Ratings;
import org.align4j.error.AlignException;
import org.align4j.loss.RewardLoss.BradleyTerry;
import org.align4j.loss.RewardLoss.Davidson;
import org.align4j.loss.RewardLoss.PlackettLuce;
import org.align4j.loss.RewardLoss.RaoKupper;
import org.align4j.loss.RewardLoss.Regression;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class RewardLossTest {
    private static final List<String> IDS = List.of("A", "B", "C", "D");
    private static final float[] SCORES = {0.3f, -1.2f, 2.5f, 0.9f};
    private static final List<RewardLoss> ALL = List.of(
            BradleyTerry.plain(),
            new BradleyTerry(0.1, true, BradleyTerry.Ties.HALF),
            new Davidson(0.7),
            new RaoKupper(1.5),
            new PlackettLuce());

    private static double value(RewardLoss loss, Judgement judgement) {
        try (Scope scope = Scope.open()) {
            return loss.of(Tensor.of(SCORES), IDS, judgement).item();
        }
    }

    private static double likelihood(RewardLoss loss, String ranking) {
        return Math.exp(-value(loss, Ranking.parse(ranking)));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Test
    void bradleyTerryIsTheLogOdds() {
        assertThat(likelihood(BradleyTerry.plain(), "A > B")).isCloseTo(sigmoid(1.5), within(1e-6));
        Preference margin = new Preference("A", "B", false, Optional.of(2.0), Optional.empty());
        assertThat(value(new BradleyTerry(0, true, BradleyTerry.Ties.HALF), margin))
                .isCloseTo(-Math.log(sigmoid(-0.5)), within(1e-6));
        assertThat(value(BradleyTerry.plain(), margin)).isCloseTo(-Math.log(sigmoid(1.5)), within(1e-6));
    }

    @Test
    void smoothingAndSoftLabelsAreOneCrossEntropy() {
        Preference soft = new Preference("A", "B", false, Optional.empty(), Optional.of(0.8));
        double expected = -0.74 * Math.log(sigmoid(1.5)) - 0.26 * Math.log(sigmoid(-1.5));
        assertThat(value(new BradleyTerry(0.1, false, BradleyTerry.Ties.HALF), soft))
                .isCloseTo(expected, within(1e-6));
    }

    @Test
    void aSoftLabelIsBothLabelsInEveryLossOfPairs() {
        Preference soft = new Preference("A", "B", false, Optional.empty(), Optional.of(0.8));
        for (RewardLoss loss : ALL.stream().filter(each -> !isSmoothed(each)).toList()) {
            double both =
                    0.8 * value(loss, Preference.strict("A", "B")) + 0.2 * value(loss, Preference.strict("B", "A"));
            assertThat(value(loss, soft)).as("%s", loss).isCloseTo(both, within(1e-6));
        }
    }

    private static boolean isSmoothed(RewardLoss loss) {
        return loss instanceof BradleyTerry smoothed && smoothed.smoothing() > 0;
    }

    @Test
    void plackettLuceRefusesTiesThatItCannotAddUp() {
        List<String> ids = IntStream.range(0, 13).mapToObj(i -> "o" + i).toList();
        Ranking wide = new Ranking(List.of(ids, List.of("last")));
        assertThatThrownBy(() -> new PlackettLuce().uses(wide)).hasMessageContaining("13 outputs are tied");
        assertThat(new PlackettLuce().uses(new Ranking(List.of(List.of("first"), ids))))
                .isTrue();
        assertThat(new PlackettLuce().uses(new Ranking(List.of(ids)))).isFalse();
    }

    @Test
    void tiesAreHalfAWinOrLeftOutAsChosen() {
        RewardLoss half = BradleyTerry.plain();
        RewardLoss drop = new BradleyTerry(0, false, BradleyTerry.Ties.DROP);
        double tie = -0.5 * (Math.log(sigmoid(1.5)) + Math.log(sigmoid(-1.5)));
        assertThat(value(half, Ranking.parse("A = B"))).isCloseTo(tie, within(1e-6));
        assertThat(value(drop, Ranking.parse("A = B"))).isZero();
        assertThat(drop.uses(Ranking.parse("A = B"))).isFalse();
    }

    @Test
    void allPairsOfKCountAsOne() {
        double mean = (value(BradleyTerry.plain(), Preference.strict("C", "A"))
                        + value(BradleyTerry.plain(), Preference.strict("C", "B"))
                        + value(BradleyTerry.plain(), Preference.strict("A", "B")))
                / 3;
        assertThat(value(BradleyTerry.plain(), Ranking.parse("C > A > B"))).isCloseTo(mean, within(1e-6));
    }

    @Test
    void outcomesOfAPairHaveProbabilitiesThatAddUpToOne() {
        for (RewardLoss loss : List.of(new Davidson(0.7), new RaoKupper(1.5))) {
            double sum = likelihood(loss, "A > B") + likelihood(loss, "B > A") + likelihood(loss, "A = B");
            assertThat(sum).as("%s", loss).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void tiesAtEqualStrengthHaveTheShareThatTheParameterSays() {
        try (Scope scope = Scope.open()) {
            Tensor equal = Tensor.of(1f, 1f);
            Preference tie = Preference.tie("A", "B");
            assertThat(Math.exp(
                            -new Davidson(0.7).of(equal, IDS.subList(0, 2), tie).item()))
                    .isCloseTo(0.7 / 2.7, within(1e-6));
            assertThat(Math.exp(-new RaoKupper(1.5)
                            .of(equal, IDS.subList(0, 2), tie)
                            .item()))
                    .isCloseTo(0.5 / 2.5, within(1e-6));
        }
    }

    @Test
    void plackettLuceOfTwoIsBradleyTerry() {
        assertThat(likelihood(new PlackettLuce(), "A > B"))
                .isCloseTo(likelihood(BradleyTerry.plain(), "A > B"), within(1e-6));
    }

    @Test
    void plackettLuceAddsTheOrdersOfATie() {
        RewardLoss loss = new PlackettLuce();
        double orders = likelihood(loss, "A > C > B > D")
                + likelihood(loss, "C > A > B > D")
                + likelihood(loss, "A > B > C > D")
                + likelihood(loss, "B > A > C > D")
                + likelihood(loss, "C > B > A > D")
                + likelihood(loss, "B > C > A > D");
        assertThat(likelihood(loss, "A = B = C > D")).isCloseTo(orders, within(1e-6));
        assertThat(value(loss, Ranking.parse("A = B = C = D"))).isZero();
        double first = Math.exp(2.5) / (Math.exp(0.3) + Math.exp(-1.2) + Math.exp(2.5) + Math.exp(0.9));
        assertThat(Math.exp(-value(loss, new BestOf("C", List.of("A", "B", "D")))))
                .isCloseTo(first, within(1e-6));
    }

    @Test
    void regressionIsTheMeanSquaredError() {
        Judgement ratings = new Ratings(Map.of("A", 1.3, "B", -1.2, "C", 2.5, "D", 2.9));
        assertThat(value(new Regression(), ratings)).isCloseTo((1 + 4) / 4.0, within(1e-6));
        assertThatThrownBy(() -> value(new Regression(), Ranking.parse("A > B")))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("another loss");
    }

    @Test
    void centringLooksAtEveryPair() {
        try (Scope scope = Scope.open()) {
            double expected = 0;
            for (int i = 0; i < 4; i++) {
                for (int j = i + 1; j < 4; j++) {
                    expected += Math.pow(SCORES[i] + SCORES[j], 2) / 6;
                }
            }
            assertThat(Centring.of(Tensor.of(SCORES)).item()).isCloseTo(expected, within(1e-5));
            assertThat(Centring.of(Tensor.of(3f, -1f)).item()).isCloseTo(4, within(1e-6));
            assertThat(Centring.of(Tensor.of(3f)).item()).isCloseTo(9, within(1e-6));
        }
    }

    @Test
    void gradientsAreThoseOfFiniteDifferences() {
        Judgement judgement = Ranking.parse("C > A = B > D");
        for (RewardLoss loss : ALL) {
            try (Scope scope = Scope.open()) {
                Tensor scores = Tensor.of(SCORES).requiresGrad();
                loss.of(scores, IDS, judgement).backward();
                float[] gradient = scores.grad().toFloats();
                for (int i = 0; i < 4; i++) {
                    assertThat((double) gradient[i])
                            .as("%s %d", loss, i)
                            .isCloseTo(
                                    (shifted(loss, judgement, i, 0.01f) - shifted(loss, judgement, i, -0.01f)) / 0.02,
                                    within(1e-3));
                }
            }
        }
    }

    private static double shifted(RewardLoss loss, Judgement judgement, int index, float by) {
        float[] moved = SCORES.clone();
        moved[index] += by;
        return loss.of(Tensor.of(moved), IDS, judgement).item();
    }
}
