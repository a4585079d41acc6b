package org.align4j.teacher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server of the chat-completions protocol whose behaviour a test scripts.
public final class ScriptedServer implements AutoCloseable {
    /// What it says.
    ///
    /// @param retryAfter seconds, sent if not empty
    public record Response(int status, String body, String retryAfter) {
        public static Response text(String text) {
            String quoted = JsonMapper.shared().writeValueAsString(text);
            return new Response(200, """
                {"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],
                 "usage":{"prompt_tokens":10,"completion_tokens":5}}\
                """.formatted(quoted), "");
        }
    }

    /// The likeliest first tokens with their log-probabilities, as asked for with `top_logprobs`.
    public static Response choice(Map<String, Double> logps) {
        String alternatives = logps.entrySet().stream()
                .map(each -> "{\"token\":\"%s\",\"logprob\":%s}".formatted(each.getKey(), each.getValue()))
                .collect(Collectors.joining(","));
        return new Response(200, """
            {"choices":[{"message":{"role":"assistant","content":"A"},"finish_reason":"length",
             "logprobs":{"content":[{"token":"A","logprob":-0.5,"top_logprobs":[%s]}]}}],
             "usage":{"prompt_tokens":10,"completion_tokens":1}}\
            """.formatted(alternatives), "");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();

    /// @param script from a request's body to the response
    public ScriptedServer(Function<JsonNode, Response> script) throws IOException {
        this(script, 0);
    }

    /// @param port where it listens; 0: a free one
    public ScriptedServer(Function<JsonNode, Response> script, int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", exchange -> answer(exchange, script));
        server.start();
    }

    private void answer(HttpExchange exchange, Function<JsonNode, Response> script) throws IOException {
        try (exchange) {
            JsonNode request = JsonMapper.shared().readTree(exchange.getRequestBody());
            requests.add(request);
            Response response = script.apply(request);
            if (!response.retryAfter().isEmpty()) {
                exchange.getResponseHeaders().add("Retry-After", response.retryAfter());
            }
            byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(response.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/v1";
    }

    /// Bodies of what was asked, in the order of arrival.
    public List<JsonNode> requests() {
        return requests;
    }

    /// The text of a request's last turn.
    public static String asked(JsonNode request) {
        JsonNode messages = request.get("messages");
        return messages.get(messages.size() - 1).get("content").asString();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
