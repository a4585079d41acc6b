package org.align4j.rl.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.align4j.error.AlignException;
import org.align4j.rl.reward.Rewards.OnFailure;
import org.align4j.teacher.StallingServer;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.junit.jupiter.api.Test;

class RewardsTest {
    private static Attempt attempt(String response) {
        return attempt(response, response.length());
    }

    private static Attempt attempt(String response, int tokens) {
        return new Attempt("6 · 3?", response, tokens, true, Map.of("answer", "#### 18", "letter", "(C)"));
    }

    private static double reward(RewardRule rule, Attempt attempt) {
        return rule.function(DType.FLOAT32, Device.CPU).of(List.of(attempt))[0];
    }

    @Test
    void answersAreVerified() {
        RewardRule rule = new RewardRule.Math("answer", false);
        assertThat(reward(rule, attempt("it is \\boxed{18.0}"))).isEqualTo(1);
        assertThat(reward(rule, attempt("#### 17"))).isZero();
        assertThat(reward(rule, attempt("18"))).isZero();
        assertThat(reward(new RewardRule.Math("nothing", false), attempt("#### 18")))
                .isNaN();
        assertThat(reward(new RewardRule.Exact("answer"), attempt(" #### 18\n")))
                .isEqualTo(1);
        assertThat(reward(new RewardRule.Exact("answer"), attempt("18"))).isZero();
    }

    @Test
    void choicesAreFound() {
        RewardRule rule = new RewardRule.Choice("letter");
        for (String right : List.of(
                "C",
                "c.",
                "(C) a cat",
                "The answer is C.",
                "I think (C) it is",
                "\\boxed{\\text{C}}",
                "C) yes",
                "The answer is a prime number (C).")) {
            assertThat(reward(rule, attempt(right))).as(right).isEqualTo(1);
        }
        for (String wrong : List.of("B", "", "A cat", "(A) or (C)", "Cats", "It is C-like")) {
            assertThat(reward(rule, attempt(wrong))).as(wrong).isZero();
        }
        assertThat(reward(rule, new Attempt("?", "C", 1, true, Map.of("letter", "3"))))
                .as("no letter is expected")
                .isNaN();
    }

    @Test
    void formsAreChecked() {
        RewardRule form = new RewardRule.Format("think", "answer");
        assertThat(reward(form, attempt("<think>\na\n</think>\n<answer>b</answer>\n")))
                .isEqualTo(1);
        for (String wrong : List.of(
                "<answer>b</answer><think>a</think>",
                "hm <think>a</think><answer>b</answer>",
                "<think>a</think><answer>b</answer> so",
                "<think>a</think><answer>b",
                "<think>a</think><think>a</think><answer>b</answer>")) {
            assertThat(reward(form, attempt(wrong))).as(wrong).isZero();
        }
        assertThat(reward(new RewardRule.Regex("#### \\d+$", false), attempt("x\n#### 5")))
                .isEqualTo(1);
        assertThat(reward(new RewardRule.Regex("#### \\d+", true), attempt("x\n#### 5")))
                .isZero();
        assertThatThrownBy(() -> new RewardRule.Regex("(", false)).hasMessageContaining("pattern");
    }

    @Test
    void aRegularExpressionThatTakesAgesSaysNothing() {
        assertThat(reward(new RewardRule.Regex("((a|aa)+)+\\2b", true), attempt("a".repeat(60))))
                .isNaN();
    }

    @Test
    void lengthsAreMeasuredInTokens() {
        RewardRule length = new RewardRule.Length(10, 20);
        assertThat(reward(length, attempt("", 5))).isEqualTo(0.5);
        assertThat(reward(length, attempt("", 20))).isEqualTo(1);
        assertThat(reward(length, attempt("", 30))).isEqualTo(0.5);
        assertThat(reward(length, attempt("", 90))).isZero();
        RewardRule overlong = new RewardRule.Overlong(100, 20);
        assertThat(reward(overlong, attempt("", 80))).isZero();
        assertThat(reward(overlong, attempt("", 90))).isEqualTo(-0.5);
        assertThat(reward(overlong, attempt("", 500))).isEqualTo(-1);
    }

    @Test
    void scriptsAreTold() {
        assertThat(reward(new RewardRule.Language("latin"), attempt("one, 2, да")))
                .isCloseTo(0.6, within(1e-9));
        assertThat(reward(new RewardRule.Language("han"), attempt("猫"))).isEqualTo(1);
        assertThatThrownBy(() -> new RewardRule.Language("english")).hasMessageContaining("latin, han or cyrillic");
    }

    /// Gives the length of each response.
    public static final class Lengths implements RewardFunction {
        @Override
        public double[] of(List<Attempt> attempts) {
            return attempts.stream()
                    .mapToDouble(attempt -> attempt.response().length())
                    .toArray();
        }
    }

    @Test
    void aClassIsMadeByItsName() {
        assertThat(reward(new RewardRule.Java(Lengths.class.getName()), attempt("four")))
                .isEqualTo(4);
        assertThatThrownBy(() -> new RewardRule.Java("java.lang.String").function(DType.FLOAT32, Device.CPU))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("implements");
        assertThatThrownBy(() -> new RewardRule.Java("no.Such").function(DType.FLOAT32, Device.CPU))
                .hasMessageContaining("no.Such");
    }

    private static Rewards one(RewardFunction function, OnFailure onFailure) {
        return new Rewards(new LinkedHashMap<>(Map.of("mine", function)), onFailure);
    }

    @Test
    void whatCannotBeHadIsNeverZero() {
        List<Attempt> attempts = List.of(attempt("a"), attempt("b"));
        Map<String, RewardFunction> faulty = Map.of(
                "threw java.lang.IllegalStateException: boom",
                all -> {
                    throw new IllegalStateException("boom");
                },
                "gave 1 rewards for 2 answers",
                all -> new double[1],
                "gave no finite number for 1 of 2 answers",
                all -> new double[] {1, Double.NaN},
                "gave no finite number for 2 of 2 answers",
                all -> new double[] {Double.POSITIVE_INFINITY, Double.NaN});
        faulty.forEach((what, function) -> {
            assertThatThrownBy(() -> one(function, OnFailure.FAIL).of(attempts))
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessageContaining("reward mine " + what)
                    .hasMessageContaining("on_reward_failure: abstain");
            Rewards.Scores scores = one(function, OnFailure.ABSTAIN).of(attempts);
            assertThat(scores.failures()).containsExactly("reward mine " + what);
            assertThat(scores.values()[0][1]).isNaN();
        });
    }

    @Test
    void theSmallWorldsAnswersAreWorthWhatItsRulesSay() {
        Map<String, Object> row = Map.of("gold_rewards", List.of(Map.of("type", "last_number", "expected", 7)));
        RewardFunction gold = new RewardRule.Gold().function(DType.FLOAT32, Device.CPU);
        assertThat(gold.of(List.of(
                        new Attempt("3 + 4?", "The answer is 7.", 5, true, row),
                        new Attempt("3 + 4?", "The answer is 8.", 5, true, row))))
                .containsExactly(1, 0);
        assertThatThrownBy(() -> gold.of(List.of(attempt("7"))))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("gold_rewards");
    }

    @Test
    void rewardsOfOneKindAreNumbered() {
        Rewards rewards = Rewards.of(
                List.of(
                        new RewardRule.Regex("a", false),
                        new RewardRule.Math("answer", false),
                        new RewardRule.Regex("b", false)),
                OnFailure.FAIL,
                DType.FLOAT32,
                Device.CPU);
        assertThat(rewards.functions().keySet()).containsExactly("regex", "math", "regex2");
        assertThat(rewards.of(List.of(attempt("b"))).values()).isDeepEqualTo(new double[][] {{0}, {0}, {1}});
    }

    private static HttpServer server(int status, String... answers) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger calls = new AtomicInteger();
        server.createContext("/", exchange -> {
            int call = calls.getAndIncrement();
            boolean failing = status != 200 && call == 0;
            byte[] body = answers[Math.min(call, answers.length - 1)].getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(failing ? status : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static double[] asked(HttpServer server, int retries) {
        try {
            String url = "http://localhost:" + server.getAddress().getPort() + "/score";
            return new RewardRule.Http(url, Duration.ofSeconds(5), retries)
                    .function(DType.FLOAT32, Device.CPU)
                    .of(List.of(attempt("a"), attempt("b")));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServiceIsAskedAndAskedAgain() throws IOException {
        assertThat(asked(server(200, "{\"rewards\": [0.5, null]}"), 0)).containsExactly(0.5, Double.NaN);
        assertThat(asked(server(503, "{\"rewards\": [1, 2]}"), 1)).containsExactly(1, 2);
    }

    @Test
    void aServiceThatStopsInTheMidstIsGivenUp() throws IOException {
        try (StallingServer server = new StallingServer()) {
            RewardFunction http =
                    new RewardRule.Http(server.url(), Duration.ofMillis(500), 1).function(DType.FLOAT32, Device.CPU);
            assertThatThrownBy(() -> http.of(List.of(attempt("a"))))
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessageContaining("no whole answer within 500 ms");
        }
    }

    @Test
    void aServiceThatLiesIsRefused() throws IOException {
        for (String lie : List.of(
                "{\"rewards\": [1]}", "{\"rewards\": [\"1\", 2]}", "{\"scores\": []}", "<html>", "{\"rewards\": {}}")) {
            HttpServer server = server(200, lie);
            assertThatThrownBy(() -> asked(server, 0))
                    .as(lie)
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessageContaining("/score");
        }
        HttpServer dead = server(200, "");
        dead.stop(0);
        assertThatThrownBy(() -> asked(dead, 1)).hasMessageContaining("after 2 tries");
        HttpServer forbidden = server(403, "no");
        assertThatThrownBy(() -> asked(forbidden, 3)).hasMessageContaining("status 403");
    }
}
