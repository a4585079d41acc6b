package org.align4j.pipeline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.align4j.error.AlignException;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class QuickstartTest {
    private static final Sizes TINY = new Sizes(300, 1, 8, 12, 6, 1, 1);

    @TempDir
    private Path folder;

    private Settings settings() {
        return new Settings(folder.resolve("quick"), 3, TINY);
    }

    private Quickstart.Result run(Settings settings) {
        return Quickstart.run(
                settings, List.of(Stage.SFT), event -> {}, EvaluationListener.NONE, Interruption.manual(), Instant.EPOCH);
    }

    @Test
    void eachStageHasItsFiguresAndThePageShowsThem() throws IOException {
        Quickstart.Result result = run(settings());
        JsonNode summary = JsonMapper.shared().readTree(Files.readString(result.summary()));
        assertThat(summary.get("stages")).hasSize(result.stages().size());
        JsonNode figure = summary.get("stages").get(0).get("figures").get(0);
        assertThat(figure.get("models"))
                .hasSize(2)
                .allSatisfy(model -> assertThat(model.get("value").asDouble())
                        .isBetween(
                                model.get("low").asDouble(), model.get("high").asDouble()));
        assertThat(Files.readString(result.report()))
                .contains(
                        "Instruction tuning",
                        "<svg",
                        result.stages().getFirst().samples().getFirst().family())
                .doesNotContain("http://", "https://");
        assertThat(result.stages().getFirst().run().resolve("report.html")).exists();
    }

    @Test
    void goesOnWhereItWasInterrupted() throws IOException {
        Interruption interruption = Interruption.manual();
        assertThatThrownBy(() -> Quickstart.run(
                        settings(),
                        List.of(Stage.SFT),
                        event -> {
                            if (event instanceof RunEvent.Step) {
                                interruption.request();
                            }
                        },
                        EvaluationListener.NONE,
                        interruption,
                        Instant.EPOCH))
                .isInstanceOf(CancellationException.class);
        String continued = figures(run(settings()));
        Settings elsewhere = new Settings(folder.resolve("other"), 3, TINY);
        assertThat(continued).isEqualTo(figures(run(elsewhere)));
    }

    private static String figures(Quickstart.Result result) {
        return result.stages().getFirst().table().json();
    }

    @Test
    void leavesOtherFoldersAlone() throws IOException {
        Files.createDirectories(settings().output());
        assertThatThrownBy(() -> run(settings()))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("--output");
    }
}
