package org.align4j.pipeline.cai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.config.Configuration;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.pipeline.constitution.SoftLabel;
import org.align4j.run.Interruption;
import org.align4j.teacher.ScriptedServer;
import org.align4j.teacher.ScriptedServer.Response;
import org.align4j.testing.TinyModelFolder;
import tools.jackson.databind.JsonNode;

/// A run of the pipeline with a tiny model and a server that answers by known rules: it criticises
/// and revises by naming what it was shown, and prefers longer answers and the first place.
final class ScriptedRun implements AutoCloseable {
    /// What the server adds to the log-odds of the first place.
    static final double BIAS = 0.75;

    private static final double PER_CHARACTER = 0.05;
    private static final Pattern OPTIONS = Pattern.compile("<(.*)>or<(.*)>", Pattern.DOTALL);

    /// What the server says instead of its own answer to a request.
    interface Script {
        Response answer(JsonNode request, Response usual);
    }

    private final Path folder;
    private ScriptedServer server;
    private volatile Script script = (request, usual) -> usual;
    private final List<String> news = new ArrayList<>();

    /// @param folder for its files
    ScriptedRun(Path folder) throws IOException {
        this.folder = folder;
        server = server(0);
        TinyModelFolder.save(folder.resolve("model"), 5);
        Files.writeString(folder.resolve("prompts.jsonl"), """
            {"prompt": "steal"}
            {"prompt": "  Steal "}
            {"prompt": "hit"}
            {"prompt": "mute"}
            {"prompt": "lie"}
            """);
        Files.writeString(folder.resolve("c.yaml"), """
            name: short
            principles:
              - {id: one, critique: "critique 1", revision: "revise 1", comparison: "by 1"}
              - {id: two, critique: "critique 2", revision: "revise 2", comparison: "by 2"}
            wording:
              comparison: "{prompt} {question} <{first}>or<{second}>"
              reasoning: "think {prompt} {question} <{first}>or<{second}>"
              verdict: "so?"
              rating: "mark {prompt} {response}"
              ratings: ["No", "Yes"]
            """);
        Files.writeString(
                folder.resolve("d.yaml"),
                Files.readString(folder.resolve("c.yaml")).replace("name: short", "name: other"));
        Files.writeString(folder.resolve("cai.yaml"), """
            model: %1$s/model
            output: %1$s/run
            generator: {type: server, url: "%2$s", model: scripted, backoff_millis: 1, retries: 1}
            constitution: {source: %1$s/c.yaml}
            prompts: {files: [%1$s/prompts.jsonl]}
            revisions: {count: 2, demonstrations: 0, temperature: 0, max_tokens: 20}
            supervised: {settings: {max_steps: 1, precision: fp32, data: {max_length: 200}}}
            comparisons: {principles: 2, max_tokens: 4}
            preferences: {settings: {max_steps: 1, precision: fp32, data: {max_length: 200}}}
            reinforcement: {type: dpo, settings: {max_steps: 1, precision: fp32, data: {max_length: 200}}}
            evaluation: {prompts: [%1$s/prompts.jsonl], max_tokens: 4, constitutions: [{source: %1$s/c.yaml}, {source: %1$s/d.yaml, tags: []}]}
            """.formatted(folder, server.url()));
    }

    private ScriptedServer server(int port) throws IOException {
        return new ScriptedServer(request -> script.answer(request, answer(request)), port);
    }

    /// From now on the server answers so.
    void scripted(Script other) {
        script = other;
    }

    /// The server dies.
    void kill() {
        server.close();
    }

    /// A new server at the address of the dead one.
    void revive() throws IOException {
        server = server(java.net.URI.create(server.url()).getPort());
    }

    /// What was asked.
    List<JsonNode> requests() {
        return server.requests();
    }

    /// What was told of stages.
    List<String> news() {
        return news;
    }

    /// The run's folder.
    Path output() {
        return folder.resolve("run");
    }

    private static Response answer(JsonNode request) {
        String asked = ScriptedServer.asked(request);
        JsonNode messages = request.get("messages");
        String before = messages.size() > 1
                ? messages.get(messages.size() - 2).get("content").asString()
                : "";
        if (asked.startsWith("mark ")) {
            double yes = yes(asked.length());
            return ScriptedServer.choice(Map.of("Yes", Math.log(yes), "No", Math.log(1 - yes)));
        }
        if (request.has("logprobs")) {
            String options =
                    messages.size() > 1 ? messages.get(0).get("content").asString() : asked;
            Matcher both = OPTIONS.matcher(options);
            assertThat(both.find()).isTrue();
            double logOdds = truth(both.group(1), both.group(2)) + BIAS;
            return ScriptedServer.choice(Map.of(
                    "A", Math.log(SoftLabel.probability(logOdds)), "B", Math.log(SoftLabel.probability(-logOdds))));
        }
        if (asked.startsWith("critique")) {
            return Response.text(
                    before.contains("hit") ? "  " : "Critique: " + asked.substring(9) + " about " + before);
        }
        if (asked.startsWith("revise")) {
            return Response.text("better(" + messages.get(1).get("content").asString() + ")");
        }
        if (asked.startsWith("think")) {
            return Response.text("I thought.");
        }
        return asked.equals("mute") ? Response.text("") : Response.text("yes, " + asked);
    }

    /// How probably a question for a mark is answered with yes.
    static double yes(int length) {
        return 1 - 1 / (1.0 + length);
    }

    /// Log-odds that the first of two answers is better.
    static double truth(String first, String second) {
        return PER_CHARACTER * (first.length() - second.length());
    }

    CaiConfig config(String... overrides) {
        return Configuration.read(CaiConfig.class, folder.resolve("cai.yaml"), List.of(overrides));
    }

    void run(Stage until, boolean redo, String... overrides) {
        CaiRun.run(
                config(overrides),
                until,
                redo,
                new CaiRun.Watch(event -> {}, EvaluationListener.NONE, news::add, Interruption.manual()));
    }

    <T> List<T> rows(Stage stage, String file, Class<T> type) {
        return StageFile.read(stage.folder(output()).resolve(file), type);
    }

    List<Chain> chains() {
        return rows(Stage.REVISIONS, RunRows.CHAINS, Chain.class);
    }

    List<SupervisedData.Line> learned() {
        return rows(Stage.SUPERVISED, RunRows.DATA, SupervisedData.Line.class);
    }

    List<Comparison> comparisons() {
        return rows(Stage.FEEDBACK, RunRows.COMPARISONS, Comparison.class);
    }

    @Override
    public void close() {
        server.close();
    }
}
