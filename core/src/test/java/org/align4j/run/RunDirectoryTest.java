package org.align4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    record Config(double learningRate, long seed) {}

    private static final Config CONFIG = new Config(1e-4, 7);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

    @TempDir
    Path parent;

    private Path folder() {
        return parent.resolve("first run");
    }

    @Test
    void recordsConfigurationSeedVersionAndDataHashes() throws Exception {
        Path data = Files.writeString(parent.resolve("a.jsonl"), "abc");
        RunDirectory.create(folder(), CONFIG, Provenance.of(List.of(data))).close();
        assertThat(Files.readString(folder().resolve("config.yaml")))
                .contains("learning_rate: 1.0E-4", "seed: 7", "version: ")
                // SHA-256 of "abc", FIPS 180-2 appendix B.1
                .contains("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void secondHolderIsRefused() {
        try (RunDirectory _ = RunDirectory.create(folder(), CONFIG, Map.of())) {
            assertThatThrownBy(() -> RunDirectory.resume(folder(), CONFIG, Map.of()))
                    .isInstanceOf(AlignException.Checkpoint.class)
                    .hasMessageContaining("another process is working on this run");
        }
        RunDirectory.resume(folder(), CONFIG, Map.of()).close();
    }

    @Test
    void existingRunIsNotBegunAgain() {
        RunDirectory.create(folder(), CONFIG, Map.of()).close();
        assertThatThrownBy(() -> RunDirectory.create(folder(), CONFIG, Map.of()))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("--resume");
    }

    @Test
    void resumeNamesEveryDifference() {
        RunDirectory.create(folder(), CONFIG, Map.of("version", "1", "data", Map.of("a.jsonl", "00")))
                .close();
        Map<String, Object> changed = Map.of("version", "2", "data", Map.of("a.jsonl", "01"));
        assertThatThrownBy(() -> RunDirectory.resume(folder(), new Config(2e-4, 8), changed))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("learning_rate: was 1.0E-4, is 2.0E-4")
                .hasMessageContaining("seed: was 7, is 8")
                .hasMessageContaining("a.jsonl: its content was another")
                .hasMessageNotContaining("version");
    }

    @Test
    void resumedRunCutsWhatWasLoggedLaterAndTornLines() throws Exception {
        try (RunDirectory run = RunDirectory.create(folder(), CONFIG, Map.of())) {
            for (int step = 1; step <= 5; step++) {
                run.metrics().append(step, Map.of("loss", 1.0 / step));
                run.sample(step, Map.of("text", "é" + step));
            }
        }
        Files.writeString(folder().resolve("metrics.jsonl"), "{\"step\":6,\"lo", StandardOpenOption.APPEND);
        assertThat(Metrics.read(folder().resolve("metrics.jsonl"))).hasSize(5);
        try (RunDirectory run = RunDirectory.resume(folder(), CONFIG, Map.of())) {
            run.rewind(3);
            run.metrics().append(4, Map.of("loss", Double.NaN));
        }
        assertThat(Files.readString(folder().resolve("metrics.jsonl"))).isEqualTo("""
                        {"step":1,"loss":1.0}
                        {"step":2,"loss":0.5}
                        {"step":3,"loss":0.3333333333333333}
                        {"step":4,"loss":"NaN"}
                        """);
        assertThat(Files.readAllLines(folder().resolve("samples.jsonl"))).hasSize(3);
        assertThat(Metrics.read(folder().resolve("metrics.jsonl")).getLast().values())
                .containsEntry("loss", Double.NaN);
    }

    @Test
    void laterCheckpointsAreNotOverrun() {
        try (RunDirectory run = RunDirectory.create(folder(), CONFIG, Map.of())) {
            run.checkpoints().save(5, _ -> {});
            assertThatThrownBy(() -> run.rewind(4))
                    .isInstanceOf(AlignException.Checkpoint.class)
                    .hasMessageContaining("later than step 4");
        }
    }

    @Test
    void evaluationJoinsTheLineOfItsStep() {
        try (RunDirectory run = RunDirectory.create(folder(), CONFIG, Map.of());
                RunRecorder recorder = new RunRecorder(run, 0, CLOCK)) {
            recorder.on(new RunEvent.Started(folder(), 0, 3));
            recorder.on(new RunEvent.Evaluated(0, Map.of(Metrics.EVAL_LOSS, 3.0)));
            recorder.on(new RunEvent.Step(1, Map.of(Metrics.LOSS, 2.0)));
            recorder.on(new RunEvent.Evaluated(2, Map.of(Metrics.EVAL_LOSS, 2.5)));
            recorder.on(new RunEvent.Step(2, Map.of(Metrics.LOSS, 1.0)));
            recorder.on(new RunEvent.Interrupted(2));
        }
        assertThat(Metrics.read(folder().resolve("metrics.jsonl")))
                .containsExactly(
                        new Metrics.Row(0, Map.of(Metrics.EVAL_LOSS, 3.0)),
                        new Metrics.Row(1, Map.of(Metrics.LOSS, 2.0)),
                        new Metrics.Row(2, Map.of(Metrics.LOSS, 1.0, Metrics.EVAL_LOSS, 2.5)));
        assertThat(new RunFiles(folder()).state()).isEqualTo(new RunState(RunState.Kind.INTERRUPTED, 2, 3, ""));
    }

    @Test
    void stateTellsALivingProcessFromADeadOne() throws Exception {
        Path file = parent.resolve("state.json");
        new RunState(RunState.Kind.RUNNING, 4, 9, "").write(file);
        assertThat(RunState.read(file).kind()).isEqualTo(RunState.Kind.RUNNING);
        Files.writeString(file, Files.readString(file).replaceAll("\"pid_started\":\\d+", "\"pid_started\":1"));
        assertThat(RunState.read(file)).isEqualTo(new RunState(RunState.Kind.KILLED, 4, 9, ""));
    }

    @Test
    void reportShowsWhatTheRunHolds() throws Exception {
        try (RunDirectory run = RunDirectory.create(folder(), CONFIG, Map.of());
                RunRecorder recorder = new RunRecorder(run, 0, CLOCK)) {
            recorder.on(new RunEvent.Started(folder(), 0, 1));
            Map<String, Object> sample = new LinkedHashMap<>();
            sample.put("prompt", "1 < 2?");
            sample.put("completion", "yes\n& more");
            recorder.on(new RunEvent.Sample(1, sample));
            recorder.on(new RunEvent.Step(1, Map.of(Metrics.LOSS, 0.123456789)));
            recorder.on(new RunEvent.Finished(1));
        }
        assertThat(Files.readString(folder().resolve("report.html")))
                .contains("first run", "finished, step 1 of 1", "0.12346", "1 &lt; 2?", "yes\n&amp; more", "seed: 7")
                .doesNotContain("http");
        assertThat(ImageIO.read(folder().resolve("loss.png").toFile()).getWidth())
                .isEqualTo(1200);
    }
}
