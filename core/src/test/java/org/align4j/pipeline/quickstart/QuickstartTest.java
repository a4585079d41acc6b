package org.align4j.pipeline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.align4j.error.AlignException;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class QuickstartTest {
    private static final Sizes TINY = new Sizes(150, 100, 30, 8, 12, 6, 1, 1, 60, 6, 1);

    @TempDir
    private Path folder;

    private Settings settings() {
        return new Settings(folder.resolve("quick"), 3, TINY);
    }

    private static Quickstart.Result run(Settings settings, Stage... stages) {
        return Quickstart.run(
                settings, List.of(stages), event -> {}, EvaluationListener.NONE, Interruption.manual(), Instant.EPOCH);
    }

    @Test
    void eachStageHasItsFiguresAndThePageShowsThem() throws IOException {
        Quickstart.Result result = run(settings(), Stage.values());
        JsonNode stages =
                JsonMapper.shared().readTree(Files.readString(result.summary())).get("stages");
        assertThat(stages).hasSize(Stage.values().length);
        for (JsonNode stage : stages) {
            assertThat(stage.get("seconds").asDouble()).isPositive();
            assertThat(stage.get("figures").get(0).get("models"))
                    .hasSizeGreaterThan(1)
                    .allSatisfy(model -> assertThat(model.get("value").asDouble())
                            .isBetween(
                                    model.get("low").asDouble(),
                                    model.get("high").asDouble()));
        }
        String page = Files.readString(result.report());
        assertThat(page).contains("<svg").doesNotContain("http://", "https://");
        for (StageResult stage : result.stages()) {
            assertThat(page)
                    .contains(stage.stage().title(), stage.samples().getFirst().family());
            assertThat(stage.run().resolve("report.html")).exists();
            assertThat(stage.headlines()).isNotEmpty();
        }
    }

    @Test
    void goesOnWhereItWasInterrupted() throws IOException {
        for (Stage stage : List.of(Stage.SFT, Stage.REWARD)) {
            interrupted(stage);
        }
        Quickstart.Result continued = run(settings(), Stage.REWARD);
        Quickstart.Result whole = run(new Settings(folder.resolve("other"), 3, TINY), Stage.REWARD);
        for (int i = 0; i < 2; i++) {
            assertThat(figures(continued, i)).isEqualTo(figures(whole, i));
        }
        // a third call reads what is there, and its time doesn't count
        String times = Files.readString(settings().output().resolve("times.json"));
        assertThat(figures(run(settings(), Stage.REWARD), 1)).isEqualTo(figures(whole, 1));
        assertThat(settings().output().resolve("times.json")).hasContent(times);
    }

    /// Stops at the stage's first step.
    private void interrupted(Stage stage) {
        Interruption interruption = Interruption.manual();
        String run = settings().output().resolve(stage.folder()).toString();
        AtomicBoolean begun = new AtomicBoolean();
        assertThatThrownBy(() -> Quickstart.run(
                        settings(),
                        List.of(stage),
                        event -> {
                            if (event instanceof RunEvent.Started started) {
                                begun.set(started.folder().toString().equals(run));
                            } else if (event instanceof RunEvent.Step && begun.get()) {
                                interruption.request();
                            }
                        },
                        EvaluationListener.NONE,
                        interruption,
                        Instant.EPOCH))
                .isInstanceOf(CancellationException.class);
    }

    private static String figures(Quickstart.Result result, int stage) {
        return result.stages().get(stage).table().json();
    }

    @Test
    void leavesOtherFoldersAlone() throws IOException {
        Files.createDirectories(settings().output());
        assertThatThrownBy(() -> run(settings(), Stage.SFT))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("--output");
    }

    @Test
    void stagesBringThoseThatTheyNeed() {
        assertThat(Stage.withNeeded(List.of(Stage.PPO))).containsExactly(Stage.SFT, Stage.REWARD, Stage.PPO);
        assertThat(Stage.withNeeded(List.of(Stage.GRPO, Stage.DPO))).containsExactly(Stage.SFT, Stage.DPO, Stage.GRPO);
    }
}
