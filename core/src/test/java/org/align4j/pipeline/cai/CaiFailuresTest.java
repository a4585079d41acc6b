package org.align4j.pipeline.cai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.align4j.teacher.ScriptedServer;
import org.align4j.teacher.ScriptedServer.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What goes wrong in a run, and how it goes on.
class CaiFailuresTest {
    @TempDir
    private Path folder;

    private ScriptedRun run;

    @BeforeEach
    void start() throws IOException {
        run = new ScriptedRun(folder);
    }

    @AfterEach
    void stop() {
        run.close();
    }

    @Test
    void aChainThatWasNeverRevisedIsNotLearnedFrom() {
        run.run(Stage.SUPERVISED, false, "revisions.on_failure=keep");
        assertThat(run.chains().get(1).failure()).contains("no critique: empty");
        assertThat(run.learned()).extracting(SupervisedData.Line::id).containsExactly("p1", "p1", "p4", "p4");
    }

    @Test
    void oneQuestionThatFailsWhenAskedAgainStopsNothing() throws IOException {
        // no text for "mute", and when asked again a reply that can't be used at all
        run.scripted((request, usual) -> ScriptedServer.asked(request).equals("mute")
                        && request.get("temperature").asDouble() > 0
                ? new Response(400, "no", "")
                : usual);
        run.run(Stage.REVISIONS, false);
        assertThat(run.chains().get(2).failure().orElseThrow()).contains("the server answered 400");
        assertThat(run.chains().get(3).failure()).isEmpty();
    }

    @Test
    void oneBudgetIsForAllStagesAndTheSameCallGoesOnBehindIt() {
        // 15 tokens a reply: enough for the revisions, not for the feedback as well
        assertThatThrownBy(() -> run.run(Stage.FEEDBACK, false, "generator.token_budget=240"))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("the budget of 240 tokens is spent");
        int asked = run.requests().size();
        // 8 may be under way when it is spent
        assertThat(asked).isBetween(16, 16 + 8);
        assertThat(Stage.REVISIONS.folder(run.output()).resolve("chains.jsonl")).exists();
        run.run(Stage.FEEDBACK, false, "generator.token_budget=0");
        assertThat(run.requests().stream().map(JsonNode::toString).distinct().count())
                .isEqualTo(run.requests().size());
    }

    @Test
    void opinionsWithoutThoughtsAreLeftOut() throws IOException {
        run.scripted((request, usual) -> ScriptedServer.asked(request).startsWith("think")
                        && ScriptedServer.asked(request).contains("by 1")
                ? Response.text("")
                : usual);
        run.run(Stage.FEEDBACK, false, "comparisons.thoughts=true");
        assertThat(run.comparisons())
                .isNotEmpty()
                .allSatisfy(comparison -> assertThat(comparison.opinions())
                        .extracting(Comparison.Opinion::principle)
                        .containsExactly("two"));
    }

    @Test
    void aFeedbackModelThatRefusesIsCountedAndNotAskedAgain() throws IOException {
        run.scripted(
                (request, usual) -> request.has("logprobs") ? ScriptedServer.choice(Map.of("Sorry", -0.1)) : usual);
        run.run(Stage.FEEDBACK, false, "comparisons.least_mass=0.0");
        assertThat(run.comparisons())
                .isNotEmpty()
                .allSatisfy(comparison ->
                        assertThat(comparison.failure()).contains("the feedback model chose neither answer"));
        assertThatThrownBy(() -> run.run(Stage.PREFERENCES, false, "comparisons.least_mass=0.0"))
                .hasMessageContaining("no comparison is left to learn from");
    }

    @Test
    void faultsOfLaterStagesComeToLightBeforeAnythingIsAsked() {
        for (String fault : List.of(
                "supervised.settings={learning_rat: 1}",
                "reinforcement.settings={data: {train: mine.jsonl}}",
                "supervised.helpful=[missing.jsonl]",
                "evaluation.prompts=[missing.jsonl]",
                "evaluation.constitutions=[{source: helpfulnes}]")) {
            assertThatThrownBy(() -> run.run(Stage.EVALUATION, false, fault))
                    .as(fault)
                    .isInstanceOf(AlignException.class);
        }
        assertThat(run.requests()).isEmpty();
        assertThat(run.output()).doesNotExist();
    }

    @Test
    void textsThatAreCutOffEndWithTheirLastSentence() {
        run.scripted((request, usual) -> ScriptedServer.asked(request).startsWith("revise")
                ? new Response(
                        200,
                        Response.text("Don't. Rather do this: ask")
                                .body()
                                .replace("\"finish_reason\":\"stop\"", "\"finish_reason\":\"length\""),
                        "")
                : usual);
        run.run(Stage.REVISIONS, false);
        assertThat(run.chains().getFirst().answer()).isEqualTo("Don't.");
    }

    @Test
    void editsThatSayNothingOrContradictEachOtherAreRefused() throws IOException {
        run.run(Stage.REVISIONS, false);
        Path edits = run.output().resolve(Edits.FILE);
        Files.writeString(edits, "edits: [{id: p1, probability: 0.9}]");
        assertThatThrownBy(() -> run.run(Stage.SUPERVISED, false)).hasMessageContaining("comparisons such as p3-1");
        Files.writeString(edits, "edits: [{id: p1-1, revision: No.}]");
        assertThatThrownBy(() -> run.run(Stage.SUPERVISED, false)).hasMessageContaining("prompts such as p3");
        Files.writeString(edits, "edits: [{id: p1, veto: true}, {id: p1, revision: No.}]");
        assertThatThrownBy(() -> run.run(Stage.SUPERVISED, false)).hasMessageContaining("\"p1\" is there twice");
    }

    @Test
    void theConfigurationInTheFolderIsTheLastOne() throws IOException {
        run.run(Stage.REVISIONS, false);
        run.run(Stage.REVISIONS, true, "revisions.count=1");
        assertThat(run.output().resolve("config.yaml")).content().contains("count: 1");
    }

    @Test
    void whatAnInterruptedStageTrainedIsNotTrainedAgain() throws IOException {
        run.run(Stage.SUPERVISED, false);
        Path stage = Stage.SUPERVISED.folder(run.output());
        Path record = stage.resolve("stage.json");
        Path metrics = stage.resolve("run/metrics.jsonl");
        String trained = Files.readString(metrics);
        // as if killed after the training and before it was noted
        Files.writeString(record, Files.readString(record).replace("\"done\":true", "\"done\":false"));
        run.run(Stage.SUPERVISED, false);
        assertThat(metrics).hasContent(trained);
        assertThat(record).content().contains("\"done\":true");
    }

    @Test
    void marksAndThoughtsExcludeEachOther() {
        assertThatThrownBy(() -> run.config("comparisons.marks=true", "comparisons.thoughts=true"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("marks or thoughts");
    }

    @Test
    void editsOfWhatIsNotThereAreNamed() throws IOException {
        run.run(Stage.REVISIONS, false);
        Files.writeString(run.output().resolve(Edits.FILE), "edits: [{id: p9, veto: true}]");
        assertThatThrownBy(() -> run.run(Stage.SUPERVISED, false))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("there is no \"p9\"");
    }

    @Test
    void aServerThatDiesMidStageStopsTheRunAndTheSameCallGoesOn() throws IOException {
        run.run(Stage.PROMPTS, false);
        run.kill();
        assertThatThrownBy(() -> run.run(Stage.REVISIONS, false))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("4 of 4 questions to scripted")
                .hasMessageContaining("goes on");
        run.revive();
        run.run(Stage.REVISIONS, false);
        assertThat(run.chains()).hasSize(4);
    }

    @Test
    void stagesThatAreDoneAreNotDoneAgain() {
        run.run(Stage.REVISIONS, false);
        int asked = run.requests().size();
        run.news().clear();
        run.run(Stage.REVISIONS, false);
        assertThat(run.news()).containsExactly("1-prompts: done already", "2-revisions: done already");
        assertThat(run.requests()).hasSize(asked);
    }
}
