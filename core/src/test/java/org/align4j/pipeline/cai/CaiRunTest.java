package org.align4j.pipeline.cai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.pipeline.constitution.SoftLabel;
import org.align4j.run.Interruption;
import org.align4j.teacher.ScriptedServer;
import org.align4j.teacher.ScriptedServer.Response;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The whole pipeline with a server that answers by known rules: it criticises and revises by
/// naming what it was shown, and prefers longer answers and the first place.
class CaiRunTest {
    private static final double PER_CHARACTER = 0.05;
    private static final double BIAS = 0.75;
    private static final Pattern OPTIONS = Pattern.compile("<(.*)>or<(.*)>", Pattern.DOTALL);

    @TempDir
    private Path folder;

    private ScriptedServer server;
    private final List<String> news = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer(CaiRunTest::answer);
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
            evaluation: {prompts: [%1$s/prompts.jsonl], max_tokens: 4, constitution: {source: %1$s/c.yaml}}
            """.formatted(folder, server.url()));
    }

    @AfterEach
    void stop() {
        server.close();
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
    private static double yes(int length) {
        return 1 - 1 / (1.0 + length);
    }

    /// Log-odds that the first of two answers is better.
    private static double truth(String first, String second) {
        return PER_CHARACTER * (first.length() - second.length());
    }

    private CaiConfig config(String... overrides) {
        return Configuration.read(CaiConfig.class, folder.resolve("cai.yaml"), List.of(overrides));
    }

    private void run(Stage until, boolean redo, String... overrides) {
        CaiRun.run(
                config(overrides),
                until,
                redo,
                new CaiRun.Watch(event -> {}, EvaluationListener.NONE, news::add, Interruption.manual()));
    }

    private <T> List<T> rows(Stage stage, String file, Class<T> type) {
        return StageFile.read(stage.folder(folder.resolve("run")).resolve(file), type);
    }

    private List<Chain> chains() {
        return rows(Stage.REVISIONS, RunRows.CHAINS, Chain.class);
    }

    private List<SupervisedData.Line> learned() {
        return rows(Stage.SUPERVISED, RunRows.DATA, SupervisedData.Line.class);
    }

    private static String number(Chain.Step step) {
        return step.principle().equals("one") ? "1" : "2";
    }

    @Test
    void everyTextOfAChainIsKept() {
        run(Stage.REVISIONS, false);
        // a duplicate is gone, and ids count what is left
        assertThat(rows(Stage.PROMPTS, RunRows.PROMPTS, RedTeamPrompt.class))
                .extracting(RedTeamPrompt::id, RedTeamPrompt::prompt)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("p1", "steal"),
                        org.assertj.core.groups.Tuple.tuple("p2", "hit"),
                        org.assertj.core.groups.Tuple.tuple("p3", "mute"),
                        org.assertj.core.groups.Tuple.tuple("p4", "lie"));
        Chain steal = chains().getFirst();
        assertThat(steal.response()).isEqualTo("yes, steal");
        assertThat(steal.steps()).hasSize(2);
        assertThat(steal.steps().get(0))
                .isEqualTo(new Chain.Step(
                        steal.steps().get(0).principle(),
                        number(steal.steps().get(0)) + " about yes, steal",
                        "better(yes, steal)"));
        assertThat(steal.steps().get(1))
                .isEqualTo(new Chain.Step(
                        steal.steps().get(1).principle(),
                        number(steal.steps().get(1)) + " about better(yes, steal)",
                        "better(better(yes, steal))"));
        assertThat(chains().get(1).failure()).contains("no critique: empty");
        assertThat(chains().get(2).failure()).contains("no response: empty");
        assertThat(news).contains("    left out: prompt: a duplicate: 1", "    left out: critiques: empty: 2");
    }

    @Test
    void labelsAreSoftAndWithoutThePositionsShare() throws IOException {
        run(Stage.EVALUATION, false);
        List<Comparison> comparisons = rows(Stage.FEEDBACK, RunRows.COMPARISONS, Comparison.class);
        assertThat(comparisons).isNotEmpty();
        for (Comparison comparison : comparisons) {
            double right = truth(comparison.first(), comparison.second());
            assertThat(comparison.opinions())
                    .extracting(Comparison.Opinion::principle)
                    .containsExactlyInAnyOrder("one", "two");
            for (Comparison.Opinion opinion : comparison.opinions()) {
                assertThat(opinion.asFirst()).isCloseTo(right + BIAS, within(1e-9));
                assertThat(opinion.asSecond()).isCloseTo(-right + BIAS, within(1e-9));
                assertThat(opinion.positionBias()).isCloseTo(BIAS, within(1e-9));
            }
            assertThat(comparison.probability()).isCloseTo(SoftLabel.probability(right), within(1e-9));
        }
        // the preference data have the likelier answer first and its probability
        List<PreferenceData.Line> lines = rows(Stage.PREFERENCES, RunRows.DATA, PreferenceData.Line.class);
        assertThat(lines).hasSameSizeAs(comparisons);
        for (int i = 0; i < lines.size(); i++) {
            Comparison comparison = comparisons.get(i);
            boolean first = comparison.probability() >= 0.5;
            assertThat(lines.get(i).id()).isEqualTo(comparison.id());
            assertThat(lines.get(i).chosen().getFirst().get("content"))
                    .isEqualTo(first ? comparison.first() : comparison.second());
            assertThat(lines.get(i).probability())
                    .isEqualTo(first ? comparison.probability() : 1 - comparison.probability());
        }
        Path evaluation = Stage.EVALUATION.folder(folder.resolve("run"));
        assertThat(evaluation.resolve(RunRows.TABLE))
                .content()
                .contains("| revision 0 | 2 |", "| revision 2 | 2 |", "| sl-cai |", "| rl-cai |");
        assertThat(Stage.REINFORCEMENT.folder(folder.resolve("run")).resolve("run/checkpoints"))
                .isDirectory();
    }

    @Test
    void labelsAfterThoughtsAreClamped() throws IOException {
        run(Stage.FEEDBACK, false, "comparisons.thoughts=true", "comparisons.clamp=0.49");
        for (Comparison comparison : rows(Stage.FEEDBACK, RunRows.COMPARISONS, Comparison.class)) {
            double right = SoftLabel.probability(truth(comparison.first(), comparison.second()));
            assertThat(comparison.probability()).isCloseTo(Math.clamp(right, 0.49, 0.51), within(1e-9));
            assertThat(comparison.opinions())
                    .allSatisfy(opinion -> assertThat(opinion.thoughts()).containsExactly("I thought.", "I thought."));
        }
    }

    @Test
    void marksOfEachAnswerAloneBecomeALabel() {
        run(Stage.FEEDBACK, false, "comparisons.marks=true");
        List<Comparison> comparisons = rows(Stage.FEEDBACK, RunRows.COMPARISONS, Comparison.class);
        assertThat(comparisons).isNotEmpty();
        for (Comparison comparison : comparisons) {
            double first = yes(("mark " + comparison.prompt() + " " + comparison.first()).length());
            double second = yes(("mark " + comparison.prompt() + " " + comparison.second()).length());
            assertThat(comparison.probability()).isCloseTo(0.5 + (first - second) / 2, within(1e-9));
            assertThat(comparison.opinions()).singleElement().satisfies(opinion -> {
                assertThat(opinion.principle()).isEqualTo("marks");
                assertThat(SoftLabel.unbiased(opinion.asFirst(), opinion.asSecond()))
                        .isCloseTo(comparison.probability(), within(1e-9));
            });
        }
    }

    @Test
    void marksAndThoughtsExcludeEachOther() {
        assertThatThrownBy(() -> config("comparisons.marks=true", "comparisons.thoughts=true"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("marks or thoughts");
    }

    @Test
    void vetoesAndEditsAreReadByTheNextStageAndNothingIsAskedAgain() throws IOException {
        run(Stage.SUPERVISED, false);
        assertThat(learned()).extracting(SupervisedData.Line::id).containsExactly("p1", "p1", "p4", "p4");
        int asked = server.requests().size();
        Files.writeString(folder.resolve("run").resolve(Edits.FILE), """
            edits:
              - {id: p1, veto: true, reason: too short}
              - {id: p2, revision: "I won't hit."}
            """);
        assertThatThrownBy(() -> run(Stage.SUPERVISED, false))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("3-supervised")
                .hasMessageContaining("--redo");
        run(Stage.SUPERVISED, true);
        assertThat(learned()).extracting(SupervisedData.Line::id).containsExactly("p2", "p4", "p4");
        assertThat(learned().getFirst().messages().getLast().get("content")).isEqualTo("I won't hit.");
        assertThat(server.requests()).hasSize(asked);
        assertThat(Lineage.of(folder.resolve("run")).of("p1"))
                .contains(new Lineage.Entry("edited by hand (too short)", "vetoed"));
    }

    @Test
    void helpfulExamplesAndHumanComparisonsAreMixedIn() throws IOException {
        Path examples = Files.writeString(folder.resolve("helpful.jsonl"), """
            {"prompt": "one", "completion": "1"}
            {"prompt": "two", "completion": "2"}
            {"prompt": "three", "completion": "3"}
            {"prompt": "four", "completion": "4"}
            """);
        Path transcripts = Files.writeString(folder.resolve("human.jsonl"), """
            {"chosen": "\\n\\nHuman: a\\n\\nAssistant: good", "rejected": "\\n\\nHuman: a\\n\\nAssistant: bad"}
            {"chosen": "\\n\\nHuman: b\\n\\nAssistant: good", "rejected": "\\n\\nHuman: b\\n\\nAssistant: bad"}
            {"chosen": "\\n\\nHuman: c\\n\\nAssistant: good", "rejected": "\\n\\nHuman: c\\n\\nAssistant: bad"}
            {"chosen": "\\n\\nHuman: d\\n\\nAssistant: good", "rejected": "\\n\\nHuman: d\\n\\nAssistant: bad"}
            """);
        run(
                Stage.PREFERENCES,
                false,
                "supervised.helpful=[" + examples + "]",
                "preferences.helpful=[" + transcripts + "]");
        assertThat(learned())
                .extracting(SupervisedData.Line::id)
                .containsExactly("p1", "p1", "p4", "p4", "h1", "h2", "h3", "h4");
        List<PreferenceData.Line> lines = rows(Stage.PREFERENCES, RunRows.DATA, PreferenceData.Line.class);
        List<PreferenceData.Line> human =
                lines.stream().filter(line -> line.id().startsWith("h")).toList();
        assertThat(human).hasSize(lines.size() / 2).allSatisfy(line -> {
            assertThat(line.chosen().getFirst().get("content")).isEqualTo("good");
            assertThat(line.probability()).isEqualTo(1);
        });
    }

    @Test
    void editsOfWhatIsNotThereAreNamed() throws IOException {
        run(Stage.REVISIONS, false);
        Files.writeString(folder.resolve("run").resolve(Edits.FILE), "edits: [{id: p9, veto: true}]");
        assertThatThrownBy(() -> run(Stage.SUPERVISED, false))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("there is no \"p9\"");
    }

    @Test
    void lineageLeadsFromWhatIsLearnedToThePrompt() {
        run(Stage.SUPERVISED, false);
        Chain chain = chains().getFirst();
        assertThat(Lineage.of(folder.resolve("run")).of("p1"))
                .containsExactly(
                        new Lineage.Entry("prompt p1 (" + folder.resolve("prompts.jsonl") + ":1)", "steal"),
                        new Lineage.Entry("response", "yes, steal"),
                        new Lineage.Entry(
                                "critique 1 (" + chain.steps().get(0).principle() + ")",
                                chain.steps().get(0).critique()),
                        new Lineage.Entry(
                                "revision 1 (" + chain.steps().get(0).principle() + ")", "better(yes, steal)"),
                        new Lineage.Entry(
                                "critique 2 (" + chain.steps().get(1).principle() + ")",
                                chain.steps().get(1).critique()),
                        new Lineage.Entry(
                                "revision 2 (" + chain.steps().get(1).principle() + ")", "better(better(yes, steal))"),
                        new Lineage.Entry("learned in 3-supervised", "better(yes, steal)"),
                        new Lineage.Entry("learned in 3-supervised", "better(better(yes, steal))"));
    }

    @Test
    void aServerThatDiesMidStageStopsTheRunAndTheSameCallGoesOn() throws IOException {
        run(Stage.PROMPTS, false);
        String url = server.url();
        int port = java.net.URI.create(url).getPort();
        server.close();
        assertThatThrownBy(() -> run(Stage.REVISIONS, false))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("4 of 4 questions to scripted")
                .hasMessageContaining("goes on");
        server = new ScriptedServer(CaiRunTest::answer, port);
        run(Stage.REVISIONS, false);
        assertThat(chains()).hasSize(4);
    }

    @Test
    void stagesThatAreDoneAreNotDoneAgain() {
        run(Stage.REVISIONS, false);
        int asked = server.requests().size();
        news.clear();
        run(Stage.REVISIONS, false);
        assertThat(news).containsExactly("1-prompts: done already", "2-revisions: done already");
        assertThat(server.requests()).hasSize(asked);
    }
}
