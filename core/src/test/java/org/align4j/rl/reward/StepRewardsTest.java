package org.align4j.rl.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.rl.reward.StepReward.Step;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.junit.jupiter.api.Test;

class StepRewardsTest {
    private static List<Step> steps(StepRule rule, String response) {
        Attempt attempt = new Attempt("?", response, response.length(), true, Map.of("answer", "7"));
        try (StepReward function = rule.function(DType.FLOAT32, Device.CPU)) {
            return function.of(List.of(attempt)).getFirst();
        }
    }

    @Test
    void stepsAreLinesAndSentences() {
        String answer = "One. Two is 2.5! \n\nThree: yes\nFour";
        List<Integer> ends = AnswerSteps.ends(answer);
        assertThat(ends).containsExactly(5, 19, 30, answer.length());
        assertThat(AnswerSteps.ends("")).isEmpty();
        assertThat(AnswerSteps.ends(" \n ")).containsExactly(3);
    }

    @Test
    void stepsWithEquationsAreRightOrWrong() {
        String answer = "Ones: 4 + 9 = 13. Tens: 7 + 2 + 1 = 11. The answer is 113.";
        assertThat(steps(new StepRule.Equations(), answer)).containsExactly(new Step(18, 1), new Step(40, 0));
        assertThat(steps(new StepRule.Equations(), "I don't know.")).isEmpty();
        assertThat(steps(new StepRule.Equations(), "")).isEmpty();
    }

    @Test
    void prefixesAreJudgedByAnotherReward() {
        StepRule rule = new StepRule.Prefix(new RewardRule.Math("answer", true));
        assertThat(steps(rule, "It is 7. Or 8. No, 7."))
                .containsExactly(new Step(9, 1), new Step(15, 0), new Step(21, 1));
        assertThat(rule.neededColumn()).contains("answer");
    }

    /// Every answer ends with its only step, worth 3.
    public static final class Three implements StepReward {
        @Override
        public List<List<Step>> of(List<Attempt> attempts) {
            return attempts.stream()
                    .map(attempt -> List.of(new Step(attempt.response().length(), 3)))
                    .toList();
        }
    }

    @Test
    void classesOfTheClassPathAreMade() {
        assertThat(steps(new StepRule.Java(Three.class.getName()), "abc")).containsExactly(new Step(3, 3));
        assertThatThrownBy(() -> steps(new StepRule.Java("no.Such"), "abc"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("no.Such cannot be made");
    }

    /// A configuration that holds a rule.
    public record Holder(StepRule process) {}

    @Test
    void rulesAreConfigured() {
        assertThat(Configuration.of(
                                Holder.class,
                                List.of("process={type: prefix, reward: {type: exact, column: solution}}"))
                        .process())
                .isEqualTo(new StepRule.Prefix(new RewardRule.Exact("solution")));
        assertThat(Configuration.of(Holder.class, List.of("process=equations")).process())
                .isEqualTo(new StepRule.Equations());
    }
}
