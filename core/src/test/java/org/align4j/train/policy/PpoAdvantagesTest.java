package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.align4j.config.Configuration;
import org.align4j.rl.Rollout;
import org.align4j.rl.RunningNormaliser;
import org.junit.jupiter.api.Test;

class PpoAdvantagesTest {
    /// Two tokens and an end; a token whose worth nobody knows; a token that was cut off.
    private static final Experience DRAWN = new Experience(
            new int[] {0, 1, 2},
            List.of(answer(2, true), answer(1, true), answer(1, false)),
            new double[][] {{2, Double.NaN, 4}},
            Optional.of(new float[][] {{-1, -2}, {-1}, {-0.5f}}),
            Optional.of(new float[][] {{-1.5f, -1}, {-9}, {-1}}),
            Optional.of(new float[][] {{0.25f, 0.75f}, {5}, {1}}),
            Optional.empty(),
            0);

    private static Rollout answer(int tokens, boolean ended) {
        return Rollout.answer(new int[] {7}, new int[tokens], new float[tokens], ended, "text");
    }

    private static PpoAdvantages of(boolean maskTruncated, String... settings) {
        PpoLossConfig config = Configuration.of(PpoLossConfig.class, Arrays.asList(settings));
        return PpoAdvantages.of(
                DRAWN,
                DRAWN.rewards()[0],
                config,
                maskTruncated,
                config.controller(config.beta()),
                RunningNormaliser.START);
    }

    @Test
    void scoresAndKlBecomeAdvantagesOfTheAnswersThatAreKnown() {
        PpoAdvantages targets =
                of(false, "beta=0.5", "lambda=1", "whiten_advantages=false", "missing_eos_penalty=1", "score_clip=2.5");
        assertThat(targets.included()).containsExactly(0, 2);
        // 2, and 4 − 1 cut to 2.5
        assertThat(targets.score()).isEqualTo(2.25);
        // log(π/π_ref): .5 − 1, and .5
        assertThat(targets.kl()).isEqualTo(0);
        // rewards −.5 · .5 and −.5 · −1 + 2; their sums from each token on; less the values
        assertThat(targets.returns()[0]).containsExactly(new float[] {2.25f, 2.5f}, within(1e-6f));
        assertThat(targets.advantages()[0]).containsExactly(new float[] {2, 1.75f}, within(1e-6f));
        assertThat(targets.advantages()[1]).isEmpty();
        assertThat(targets.returns()[2]).containsExactly(new float[] {2.25f}, within(1e-6f));
        assertThat(targets.meanAdvantages()).containsExactly(new double[] {1.875, 0, 1.25}, within(1e-6));
    }

    @Test
    void thePenaltyIsInUnitsOfNormalisedScores() {
        PpoAdvantages targets = of(false, "missing_eos_penalty=1", "normalise_scores=true");
        // the deviation of 2 and 4 is √2
        assertThat(targets.score()).isCloseTo((2 / Math.sqrt(2) + 4 / Math.sqrt(2) - 1) / 2, within(1e-9));
        assertThat(targets.normaliser().count()).isEqualTo(2);
        assertThat(targets.normaliser().mean()).isEqualTo(3);
    }

    @Test
    void answersThatWereCutOffCanBeLeftOut() {
        assertThat(of(true).included()).containsExactly(0);
    }

    @Test
    void advantagesAreWhitenedOverAllTokens() {
        PpoAdvantages targets = of(false);
        double[] all = {targets.advantages()[0][0], targets.advantages()[0][1], targets.advantages()[2][0]};
        assertThat(Arrays.stream(all).sum()).isCloseTo(0, within(1e-5));
        assertThat(Arrays.stream(all).map(a -> a * a).sum()).isCloseTo(2, within(1e-4));
    }
}
