package org.align4j.rl.reward;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.align4j.teacher.WholeAnswer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a service: posts `{"attempts": [{"prompt", "response", "tokens", "ended", "fields"}, …]}`
/// and expects `{"rewards": [number or null, …]}`, one each; null is NaN.
///
/// @param timeout of each try
/// @param retries after a failure of the connection or a status of 429 or 5xx, with a growing pause
record HttpReward(URI url, Duration timeout, int retries) implements RewardFunction {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    @Override
    public double[] of(List<Attempt> attempts) {
        byte[] body = JsonMapper.shared()
                .writeValueAsBytes(Map.of(
                        "attempts", attempts.stream().map(HttpReward::json).toList()));
        String answer = post(body);
        JsonNode rewards;
        try {
            rewards = JsonMapper.shared().readTree(answer).path("rewards");
        } catch (JacksonException e) {
            throw fault("answers what is no JSON: " + shortened(answer), e);
        }
        if (!rewards.isArray() || rewards.size() != attempts.size()) {
            throw fault(
                    "answers " + (rewards.isArray() ? rewards.size() + " rewards" : "no list \"rewards\"") + " for "
                            + attempts.size() + " answers: " + shortened(answer),
                    null);
        }
        double[] result = new double[attempts.size()];
        for (int i = 0; i < result.length; i++) {
            JsonNode reward = rewards.get(i);
            if (!reward.isNumber() && !reward.isNull()) {
                throw fault("answers " + shortened(reward.toString()) + " where a number is expected", null);
            }
            result[i] = reward.isNull() ? Double.NaN : reward.doubleValue();
        }
        return result;
    }

    private static Map<String, Object> json(Attempt attempt) {
        return Map.of(
                "prompt", attempt.prompt(),
                "response", attempt.response(),
                "tokens", attempt.tokens(),
                "ended", attempt.ended(),
                "fields", attempt.fields());
    }

    private String post(byte[] body) {
        Duration pause = FIRST_PAUSE;
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(timeout).build()) {
            HttpRequest request = HttpRequest.newBuilder(url)
                    .timeout(timeout)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            for (int attempt = 0; ; attempt++) {
                String failure;
                try {
                    HttpResponse<String> response = WholeAnswer.of(client, request, timeout);
                    int status = response.statusCode();
                    if (status / 100 == 2) {
                        return response.body();
                    }
                    failure = "answers with status " + status + ": " + shortened(response.body());
                    if (status != 429 && status < 500) {
                        throw fault(failure, null);
                    }
                } catch (IOException e) {
                    failure = "fails: " + e;
                }
                if (attempt >= retries) {
                    throw fault(failure + " (after " + (attempt + 1) + " tries)", null);
                }
                Thread.sleep(pause);
                pause = pause.multipliedBy(2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw fault("was interrupted", e);
        }
    }

    private AlignException.Data fault(String what, @Nullable Throwable cause) {
        String message = "rewards: " + url + " " + what + "; look at the service, or raise timeout and retries";
        return cause == null ? new AlignException.Data(message) : new AlignException.Data(message, cause);
    }

    private static String shortened(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
