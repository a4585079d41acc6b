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
    void clampingBoundsBothSides() {
        assertThat(List.of(SoftLabel.clamped(0.99, 0.4), SoftLabel.clamped(0.01, 0.4), SoftLabel.clamped(0.55, 0.4)))
                .containsExactly(0.6, 0.4, 0.55);
    }
}
