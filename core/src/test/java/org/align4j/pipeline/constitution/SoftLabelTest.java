package org.align4j.pipeline.constitution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SoftLabelTest {
    private static final List<String> LETTERS = List.of("A", "B");

    @Test
    void logOddsAreOfTheTwoLettersAlone() {
        assertThat(SoftLabel.logOdds(Map.of("A", Math.log(0.3), "B", Math.log(0.1)), LETTERS))
                .isCloseTo(Math.log(3), within(1e-12));
        assertThat(SoftLabel.mass(Map.of("A", Math.log(0.3), "B", Math.log(0.1)), LETTERS))
                .isCloseTo(0.4, within(1e-12));
    }

    @Test
    void aLetterThatIsAbsentIsAlmostImpossible() {
        assertThat(SoftLabel.probability(SoftLabel.logOdds(Map.of("B", -0.1), LETTERS)))
                .isCloseTo(1e-6, within(1e-12));
    }

    @Test
    void whatAPositionAddsCancels() {
        double truth = 0.7;
        double bias = 2.5;
        assertThat(SoftLabel.unbiased(truth + bias, -truth + bias))
                .isCloseTo(SoftLabel.probability(truth), within(1e-12));
        assertThat(SoftLabel.positionBias(truth + bias, -truth + bias)).isCloseTo(bias, within(1e-12));
    }

    @Test
    void swappingTheAnswersSwapsTheLabel() {
        assertThat(SoftLabel.unbiased(1.3, 0.4)).isCloseTo(1 - SoftLabel.unbiased(0.4, 1.3), within(1e-12));
    }

    @Test
    void theHigherMarkWinsAndEqualOnesShare() {
        List<String> marks = List.of("No", "Maybe", "Yes");
        // only three fifths of the probability are on marks
        Map<String, Double> first = Map.of("No", Math.log(0.1), "Maybe", Math.log(0.2), "Yes", Math.log(0.3));
        Map<String, Double> second = Map.of("No", Math.log(0.5), "Yes", Math.log(0.5));
        // by shares 1/6, 2/6, 3/6 against 1/2, 0, 1/2: 2/6 · 1/2 + 3/6 · 1/2, and ties 1/12 + 1/4
        double higher = 2 / 12.0 + 3 / 12.0 + (1 / 12.0 + 3 / 12.0) / 2;
        assertThat(SoftLabel.higher(first, second, marks)).isCloseTo(higher, within(1e-12));
        assertThat(SoftLabel.higher(second, first, marks)).isCloseTo(1 - higher, within(1e-12));
        assertThat(SoftLabel.higher(Map.of(), first, marks)).isEqualTo(0.5);
    }

    @Test
    void clampingBoundsBothSides() {
        assertThat(List.of(SoftLabel.clamped(0.99, 0.4), SoftLabel.clamped(0.01, 0.4), SoftLabel.clamped(0.55, 0.4)))
                .containsExactly(0.6, 0.4, 0.55);
    }
}
