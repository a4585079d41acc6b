package org.align4j.pipeline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RewardLearningTest {
    private static final Map<String, Double> GOLD = Map.of("A", 0.9, "B", 0.5, "C", 0.5, "D", 0.0);

    @Test
    void pairsOfEqualWorthDontCountAndEqualLikingIsHalfRight() {
        // of six pairs B and C are worth the same; A–B is told wrongly, A–C is a guess, the other three are right
        Map<String, Double> liking = Map.of("A", 2.0, "B", 3.0, "C", 2.0, "D", 1.0);
        assertThat(RewardLearning.rightPairs(GOLD, liking)).containsExactly(3.5, 5);
    }

    @Test
    void theBestIsWhatIsLikedMostAndTiedOnesShare() {
        assertThat(RewardLearning.worthOfBest(GOLD, Map.of("A", 1.0, "B", 3.0, "C", 2.0, "D", 1.0)))
                .isEqualTo(0.5);
        assertThat(RewardLearning.worthOfBest(GOLD, Map.of("A", 1.0, "B", 1.0, "C", 1.0, "D", 1.0)))
                .isCloseTo(1.9 / 4, within(1e-12));
    }
}
