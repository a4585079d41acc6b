package org.align4j.teacher;

import java.net.URI;
import org.align4j.error.AlignException;

/// A server of OpenAI's chat-completions protocol and how hard it may be asked.
///
/// @param url where `chat/completions` is found, such as `http://localhost:8000/v1`
/// @param model name that the server knows
/// @param keyVariable environment variable that holds the key; empty: no key is sent
/// @param concurrency questions under way at once
/// @param requestsPerMinute at most; 0: as fast as it answers
/// @param retries of one question after failures that may pass: no connection, time-out, 408, 409,
///     429 and 5xx
/// @param timeoutSeconds for one reply
/// @param backoffMillis before the first retry; doubled for each further one, or what the server
///     asks for
/// @param tokenBudget prompt and answer tokens in all; questions beyond it fail; 0: no limit
public record ServerConfig(
        String url,
        String model,
        String keyVariable,
        int concurrency,
        int requestsPerMinute,
        int retries,
        int timeoutSeconds,
        int backoffMillis,
        long tokenBudget) {
    public ServerConfig {
        check(url.startsWith("http://") || url.startsWith("https://"), "url", url, "begin it with http:// or https://");
        check(!model.isBlank(), "model", model, "give the name that the server knows");
        check(concurrency >= 1, "concurrency", concurrency, "give at least 1");
        check(requestsPerMinute >= 0, "requests_per_minute", requestsPerMinute, "give 0 for no limit");
        check(retries >= 0, "retries", retries, "give at least 0");
        check(timeoutSeconds >= 1, "timeout_seconds", timeoutSeconds, "give at least 1");
        check(backoffMillis >= 1, "backoff_millis", backoffMillis, "give at least 1");
        check(tokenBudget >= 0, "token_budget", tokenBudget, "give 0 for no limit");
    }

    private static void check(boolean right, String key, Object value, String remedy) {
        if (!right) {
            throw new AlignException.Config("teacher." + key + ": " + value + " can't be used; " + remedy);
        }
    }

    /// Eight questions at once, five retries, two minutes for a reply.
    public static ServerConfig of(String url, String model) {
        return new ServerConfig(url, model, "", 8, 0, 5, 120, 1000, 0);
    }

    URI completions() {
        return URI.create(url.endsWith("/") ? url + "chat/completions" : url + "/chat/completions");
    }
}
