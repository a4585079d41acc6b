package org.align4j.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.Completion;
import org.align4j.data.Prompt;
import org.align4j.data.Source;
import org.align4j.data.preference.Annotation;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Ranking;
import org.junit.jupiter.api.Test;

class RewardEvaluationTest {
    private static JudgedScores judged(String ranking, String labeler, List<Integer> lengths, Double... scores) {
        Ranking parsed = Ranking.parse(ranking);
        Map<String, Completion> outputs = new LinkedHashMap<>();
        parsed.outputs().stream().sorted().forEach(id -> outputs.put(id, Completion.of(id)));
        Comparison comparison = new Comparison(
                Prompt.of("", "Q"),
                outputs,
                parsed,
                new Annotation(Optional.of(labeler), List.of("tag of " + labeler)),
                Source.memory(0));
        return new JudgedScores(comparison, lengths, List.of(scores));
    }

    @Test
    void countsEqualScoresHalfAndTiesApart() {
        RewardEvaluation found = RewardEvaluation.of(List.of(
                judged("A > B", "x", List.of(1, 1), 2.0, 1.0),
                judged("A > B", "x", List.of(1, 1), 1.0, 1.0),
                judged("A > B", "y", List.of(1, 1), -2.0, 1.0),
                judged("A = B", "y", List.of(1, 1), 0.5, 0.4)));
        assertThat(found.pairs()).isEqualTo(3);
        assertThat(found.ties()).isEqualTo(1);
        assertThat(found.accuracy()).isCloseTo(0.5, within(1e-12));
        assertThat(found.meanMargin()).isCloseTo((1 + 0 - 3) / 3.0, within(1e-12));
        assertThat(found.byLabeler().get("x")).isEqualTo(new RewardEvaluation.Share(2, 0.75));
        assertThat(found.byTag().get("tag of y")).isEqualTo(new RewardEvaluation.Share(1, 0));
        double expected = (Math.log1p(Math.exp(-1)) + Math.log(2) + Math.log1p(Math.exp(3))) / 3;
        assertThat(found.logLoss()).isCloseTo(expected, within(1e-12));
    }

    @Test
    void choosesTheThresholdThatTellsTiesBest() {
        List<JudgedScores> judged = new ArrayList<>();
        for (double difference : new double[] {0.1, 0.2, 0.3}) {
            judged.add(judged("A = B", "x", List.of(1, 1), difference, 0.0));
        }
        for (double difference : new double[] {0.25, 1.0, 2.0}) {
            judged.add(judged("A > B", "x", List.of(1, 1), difference, 0.0));
        }
        RewardEvaluation found = RewardEvaluation.of(judged);
        // 0.1, 0.2, 0.3 are ties then, and 0.25 is wrongly one
        assertThat(found.tieThreshold()).isBetween(0.2, 0.3);
        assertThat(found.tieAccuracy()).isCloseTo(5 / 6.0, within(1e-12));
    }

    @Test
    void aThresholdTakesAllPairsThatAreEquallyFarApart() {
        List<JudgedScores> judged = new ArrayList<>();
        for (String ranking : List.of("A = B", "A > B", "A > B", "A = B", "A > B")) {
            judged.add(judged(ranking, "x", List.of(1, 1), 1.0, 0.0));
        }
        // either all are ties or none: 2 or 3 of 5
        assertThat(RewardEvaluation.of(judged).tieAccuracy()).isCloseTo(3 / 5.0, within(1e-12));
    }

    @Test
    void plotsWhatIsOftenWrongAndWhatIsAllTheSame() {
        RewardEvaluation wrong = RewardEvaluation.of(List.of(judged("A > B", "x", List.of(1, 1), 0.0, 2.0)));
        // the foot of the picture
        assertThat(EvaluationPlot.reliability(wrong)).contains("cy=\"400.0\"");
        RewardEvaluation equal = RewardEvaluation.of(List.of(judged("A > B", "x", List.of(1, 1), 1.0, 1.0)));
        assertThat(EvaluationPlot.margins(equal)).doesNotContain("NaN").contains("<rect x=");
    }

    @Test
    void isCalibratedWhereItIsAsOftenRightAsItIsSure() {
        double difference = Math.log(0.75 / 0.25);
        RewardEvaluation found = RewardEvaluation.of(List.of(
                judged("A > B", "x", List.of(1, 1), difference, 0.0),
                judged("A > B", "x", List.of(1, 1), difference, 0.0),
                judged("A > B", "x", List.of(1, 1), difference, 0.0),
                judged("A > B", "x", List.of(1, 1), 0.0, difference)));
        assertThat(found.calibrationError()).isCloseTo(0, within(1e-12));
        assertThat(found.reliability())
                .singleElement()
                .satisfies(bin -> assertThat(bin.count()).isEqualTo(4));
    }

    @Test
    void findsScoresThatAreOnlyLength() {
        RewardEvaluation found = RewardEvaluation.of(List.of(
                judged("A > B", "x", List.of(10, 4), 5.0, 2.0),
                judged("A > B", "x", List.of(8, 2), 14.0, 11.0),
                judged("B > A", "x", List.of(6, 2), 3.0, 1.0)));
        assertThat(found.lengthCorrelation()).isCloseTo(1, within(1e-12));
        assertThat(found.scorePerToken()).isCloseTo(0.5, within(1e-12));
        assertThat(found.accuracy()).isCloseTo(2 / 3.0, within(1e-12));
        // what is left is nothing: every pair is a draw
        assertThat(found.debiasedAccuracy()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void ensemblesTellHowFarTheyAreApart() {
        JudgedScores one = judged("A > B", "x", List.of(1, 1), 1.0, 3.0);
        EnsembleScores scores = new EnsembleScores();
        scores.add(one);
        scores.add(one.plus(2));
        List<EnsembleScores.Scored> all = scores.all(2);
        assertThat(all).singleElement().satisfies(scored -> {
            assertThat(scored.mean().scores()).containsExactly(2.0, 4.0);
            assertThat(scored.deviations()).containsExactly(1.0, 1.0);
            assertThat(scored.best()).isEqualTo("B");
        });
        assertThat(EnsembleScores.disagreement(all)).isEqualTo(1);
        assertThat(scores.all(3)).isEmpty();
    }
}
