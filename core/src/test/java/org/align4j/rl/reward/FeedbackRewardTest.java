package org.align4j.rl.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.align4j.teacher.ScriptedServer;
import org.align4j.teacher.TeacherConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.junit.jupiter.api.Test;

class FeedbackRewardTest {
    private static Attempt attempt(String response) {
        return new Attempt("as the model saw it", response, 1, true, Map.of());
    }

    @Test
    void theRewardIsTheExpectedPlaceAmongTheChoices() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        Map<String, Map<String, Double>> said = Map.of(
                "worst", Map.of("1", 0.0),
                "best", Map.of("3", -0.1),
                "middle", Map.of("1", Math.log(0.1), "3", Math.log(0.1), "x", Math.log(0.8)),
                "two", Map.of("2", Math.log(0.5), "3", Math.log(0.25)),
                "mute", Map.of("x", 0.0));
        try (ScriptedServer server = new ScriptedServer(request -> {
            String question = ScriptedServer.asked(request);
            asked.add(question);
            return ScriptedServer.choice(said.getOrDefault(question.replaceAll(".* A: (\\w+)\\?", "$1"), Map.of()));
        })) {
            RewardRule rule = new RewardRule.Feedback(
                    TeacherConfig.Server.defaults(server.url(), "m"),
                    "Q: {prompt} A: {response}?",
                    List.of("1", "2", "3"));
            try (RewardFunction reward = rule.function(DType.FLOAT32, Device.CPU)) {
                double[] rewards = reward.of(
                        List.of(attempt("worst"), attempt("best"), attempt("middle"), attempt("two"), attempt("mute")));
                assertThat(List.of(rewards[0], rewards[1])).containsExactly(-1.0, 1.0);
                assertThat(rewards[2]).isCloseTo(0, within(1e-12));
                // places 1 and 2 of 0 … 2 with 2/3 and 1/3
                assertThat(rewards[3]).isCloseTo(2 * (4.0 / 3) / 2 - 1, within(1e-12));
                assertThat(rewards[4]).isNaN();
                assertThat(asked).contains("Q: as the model saw it A: worst?");
            }
        }
    }
}
