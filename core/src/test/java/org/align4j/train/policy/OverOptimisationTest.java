package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.align4j.run.Metrics;
import org.junit.jupiter.api.Test;

class OverOptimisationTest {
    private static Map<String, Double> evaluation(double reward, double gold) {
        return Map.of(
                Metrics.EVAL_REWARD, reward, Metrics.EVAL_GOLD_REWARD, gold, Metrics.EVAL_GOLD_REWARD_ERROR, 0.01);
    }

    @Test
    void aRewardThatRisesWhileTheGoldOneFallsIsToldOnce() {
        OverOptimisation seen = OverOptimisation.after(List.of());
        assertThat(seen.look(0, evaluation(1, 0.5))).isEmpty();
        assertThat(seen.look(10, evaluation(2, 0.6))).isEmpty();
        // within two errors of the difference, √2 · 0.01 · 2
        assertThat(seen.look(20, evaluation(3, 0.58))).isEmpty();
        assertThat(seen.look(30, evaluation(4, 0.5)).orElseThrow())
                .contains("since step 10", "rose from 2.000 to 4.000", "fell from 0.6000 to 0.5000", "keep_best");
        assertThat(seen.look(40, evaluation(5, 0.4))).isEmpty();
    }

    @Test
    void whereBothFallSomethingElseIsWrong() {
        OverOptimisation seen = OverOptimisation.after(List.of());
        assertThat(seen.look(0, evaluation(2, 0.6))).isEmpty();
        assertThat(seen.look(10, evaluation(1, 0.2))).isEmpty();
    }

    @Test
    void anUnknownGoldRewardIsNoBest() {
        OverOptimisation seen = OverOptimisation.after(List.of());
        assertThat(seen.look(0, evaluation(1, Double.NaN))).isEmpty();
        assertThat(seen.look(10, evaluation(2, 0.6))).isEmpty();
        assertThat(seen.look(20, evaluation(3, 0.5))).isPresent();
    }

    @Test
    void aResumedRunKnowsWhatItSawBefore() {
        OverOptimisation seen = OverOptimisation.after(
                List.of(new Metrics.Row(0, evaluation(1, 0.6)), new Metrics.Row(5, Map.of(Metrics.LOSS, 1.0))));
        assertThat(seen.look(10, evaluation(2, 0.3))).isPresent();
        OverOptimisation told = OverOptimisation.after(
                List.of(new Metrics.Row(0, evaluation(1, 0.6)), new Metrics.Row(10, evaluation(2, 0.3))));
        assertThat(told.look(20, evaluation(3, 0.2))).isEmpty();
    }
}
