package org.align4j.teacher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server of the chat-completions protocol whose behaviour a test scripts.
final class ScriptedServer implements AutoCloseable {
    /// What it says.
    ///
    /// @param retryAfter seconds, sent if not empty
    record Response(int status, String body, String retryAfter) {
        static Response text(String text) {
            String quoted = JsonMapper.shared().writeValueAsString(text);
            return new Response(200, """
                    {"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],
                     "usage":{"prompt_tokens":10,"completion_tokens":5}}""".formatted(quoted), "");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();

    /// @param script from a request's body to the response
    ScriptedServer(Function<JsonNode, Response> script) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
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

    String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/v1";
    }

    /// Bodies of what was asked, in the order of arrival.
    List<JsonNode> requests() {
        return requests;
    }

    /// The text of a request's last turn.
    static String asked(JsonNode request) {
        JsonNode messages = request.get("messages");
        return messages.get(messages.size() - 1).get("content").asString();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
