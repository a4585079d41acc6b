package org.align4j.pipeline.cai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.align4j.pipeline.constitution.SoftLabel;
import org.align4j.teacher.ScriptedServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the stages make.
class CaiRunTest {
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

    private static String number(Chain.Step step) {
        return step.principle().equals("one") ? "1" : "2";
    }

    @Test
    void everyTextOfAChainIsKept() {
        run.run(Stage.REVISIONS, false);
        // a duplicate is gone, and ids count what is left
        assertThat(run.rows(Stage.PROMPTS, RunRows.PROMPTS, RedTeamPrompt.class))
                .extracting(RedTeamPrompt::id, RedTeamPrompt::prompt)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("p1", "steal"),
                        org.assertj.core.groups.Tuple.tuple("p2", "hit"),
                        org.assertj.core.groups.Tuple.tuple("p3", "mute"),
                        org.assertj.core.groups.Tuple.tuple("p4", "lie"));
        Chain steal = run.chains().getFirst();
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
        assertThat(run.chains().get(1).failure()).contains("no critique: empty");
        assertThat(run.chains().get(2).failure()).contains("no response: empty");
        assertThat(run.news()).contains("    left out: prompt: a duplicate: 1", "    left out: critiques: empty: 2");
    }

    @Test
    void turnsThatAreNotTrainedStaySo() throws IOException {
        Path examples = Files.writeString(folder.resolve("helpful.jsonl"), """
            {"prompt": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}], "completion": "d"}
            """.repeat(4));
        run.run(Stage.SUPERVISED, false, "supervised.helpful=[" + examples + "]", "supervised.helpful_share=0.2");
        assertThat(run.learned().getLast().messages())
                .containsExactly(
                        Map.of("role", "user", "content", "a"),
                        Map.of("role", "assistant", "content", "b", "weight", 0),
                        Map.of("role", "user", "content", "c"),
                        Map.of("role", "assistant", "content", "d"));
    }

    @Test
    void labelsAreSoftAndWithoutThePositionsShare() throws IOException {
        run.run(Stage.EVALUATION, false);
        List<Comparison> comparisons = run.comparisons();
        assertThat(comparisons).isNotEmpty();
        for (Comparison comparison : comparisons) {
            double right = ScriptedRun.truth(comparison.first(), comparison.second());
            assertThat(comparison.opinions())
                    .extracting(Comparison.Opinion::principle)
                    .containsExactlyInAnyOrder("one", "two");
            for (Comparison.Opinion opinion : comparison.opinions()) {
                assertThat(opinion.asFirst()).isCloseTo(right + ScriptedRun.BIAS, within(1e-9));
                assertThat(opinion.asSecond()).isCloseTo(-right + ScriptedRun.BIAS, within(1e-9));
                assertThat(opinion.positionBias()).isCloseTo(ScriptedRun.BIAS, within(1e-9));
            }
            assertThat(comparison.probability()).isCloseTo(SoftLabel.probability(right), within(1e-9));
        }
        // the preference data have the likelier answer first and its probability
        List<PreferenceData.Line> lines = run.rows(Stage.PREFERENCES, RunRows.DATA, PreferenceData.Line.class);
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
        Path evaluation = Stage.EVALUATION.folder(run.output());
        assertThat(evaluation.resolve(RunRows.TABLE))
                .content()
                .contains("| revision 0 | 2 |", "| revision 2 | 2 |", "| sl-cai |", "| rl-cai |")
                .contains(" | Elo short | Elo other |\n");
        assertThat(Stage.REINFORCEMENT.folder(run.output()).resolve("run/checkpoints"))
                .isDirectory();
    }

    @Test
    void labelsAfterThoughtsAreClamped() throws IOException {
        run.run(Stage.FEEDBACK, false, "comparisons.thoughts=true", "comparisons.clamp=0.49");
        for (Comparison comparison : run.comparisons()) {
            double right = SoftLabel.probability(ScriptedRun.truth(comparison.first(), comparison.second()));
            assertThat(comparison.probability()).isCloseTo(Math.clamp(right, 0.49, 0.51), within(1e-9));
            assertThat(comparison.opinions())
                    .allSatisfy(opinion -> assertThat(opinion.thoughts()).containsExactly("I thought.", "I thought."));
        }
    }

    @Test
    void thePolicyCanLearnFromFeedbackWithoutAPreferenceModel() {
        run.run(
                Stage.REINFORCEMENT,
                false,
                "reinforcement={type: grpo, reward: feedback, settings: {precision: fp32, iterations: 1,"
                        + " rollout: {prompts: 2, group_size: 2, max_new_tokens: 4}}}");
        assertThat(run.requests())
                .anySatisfy(request -> assertThat(ScriptedServer.asked(request)).startsWith("mark "));
        assertThat(Stage.PREFERENCES.folder(run.output()).resolve("run")).doesNotExist();
        assertThat(Stage.REINFORCEMENT.folder(run.output()).resolve("run/checkpoints"))
                .isDirectory();
    }

    @Test
    void marksOfEachAnswerAloneBecomeALabel() {
        run.run(Stage.FEEDBACK, false, "comparisons.marks=true");
        List<Comparison> comparisons = run.comparisons();
        assertThat(comparisons).isNotEmpty();
        for (Comparison comparison : comparisons) {
            double first = ScriptedRun.yes(("mark " + comparison.prompt() + " " + comparison.first()).length());
            double second = ScriptedRun.yes(("mark " + comparison.prompt() + " " + comparison.second()).length());
            assertThat(comparison.probability()).isCloseTo(0.5 + (first - second) / 2, within(1e-9));
            assertThat(comparison.opinions()).singleElement().satisfies(opinion -> {
                assertThat(opinion.principle()).isEqualTo("marks");
                assertThat(SoftLabel.unbiased(opinion.asFirst(), opinion.asSecond()))
                        .isCloseTo(comparison.probability(), within(1e-9));
            });
        }
    }

    @Test
    void vetoesAndEditsAreReadByTheNextStageAndNothingIsAskedAgain() throws IOException {
        run.run(Stage.SUPERVISED, false);
        assertThat(run.learned()).extracting(SupervisedData.Line::id).containsExactly("p1", "p1", "p4", "p4");
        int asked = run.requests().size();
        Files.writeString(run.output().resolve(Edits.FILE), """
            edits:
              - {id: p1, veto: true, reason: too short}
              - {id: p2, revision: "I won't hit."}
            """);
        assertThatThrownBy(() -> run.run(Stage.SUPERVISED, false))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("3-supervised")
                .hasMessageContaining("--redo");
        run.run(Stage.SUPERVISED, true);
        assertThat(run.learned()).extracting(SupervisedData.Line::id).containsExactly("p2", "p4", "p4");
        assertThat(run.learned().getFirst().messages().getLast().get("content")).isEqualTo("I won't hit.");
        assertThat(run.requests()).hasSize(asked);
        Lineage lineage = Lineage.of(run.output());
        assertThat(lineage.of("p1")).contains(new Lineage.Entry("edited by hand (too short)", "vetoed"));
        assertThatThrownBy(() -> lineage.of("p1-7"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("p1-7: there is no such example");
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
        run.run(
                Stage.PREFERENCES,
                false,
                "supervised.helpful=[" + examples + "]",
                "preferences.helpful=[" + transcripts + "]");
        assertThat(run.learned())
                .extracting(SupervisedData.Line::id)
                .containsExactly("p1", "p1", "p4", "p4", "h1", "h2", "h3", "h4");
        List<PreferenceData.Line> lines = run.rows(Stage.PREFERENCES, RunRows.DATA, PreferenceData.Line.class);
        List<PreferenceData.Line> human =
                lines.stream().filter(line -> line.id().startsWith("h")).toList();
        assertThat(human).hasSize(lines.size() / 2).allSatisfy(line -> {
            assertThat(line.chosen().getFirst().get("content")).isEqualTo("good");
            assertThat(line.probability()).isEqualTo(1);
        });
        assertThat(Lineage.of(run.output()).of("h1"))
                .extracting(Lineage.Entry::what)
                .containsExactly(
                        "helpful example h1 (" + run.learned().get(4).source().orElseThrow() + ")",
                        "human comparison h1 (" + human.getFirst().source().orElseThrow() + ")",
                        "chosen",
                        "rejected");
        assertThat(human.getFirst().source().orElseThrow()).startsWith(transcripts + ":");
    }

    @Test
    void lineageLeadsFromWhatIsLearnedToThePrompt() {
        run.run(Stage.SUPERVISED, false);
        Chain chain = run.chains().getFirst();
        assertThat(Lineage.of(run.output()).of("p1"))
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
}
