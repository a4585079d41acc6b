package org.align4j.train.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.align4j.run.Checkpoints;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.run.RunState;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Resume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An interrupted or killed run goes on as if nothing had happened.
class SftResumeTest {
    @TempDir
    Path folder;

    private TinyRuns runs;

    @BeforeEach
    void makeModelAndData() throws IOException {
        runs = TinyRuns.in(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "precision=fp32",
                "precision=bf16",
                "lean=true precision=bf16",
                "gradient_accumulation=2 batch_size=3",
                "neftune_alpha=5 gradient_accumulation=2 batch_size=2",
                "neftune_alpha=5 lean=true label_smoothing=0.1",
                "batch_size=0 max_tokens=100",
                "batch_size=0 max_tokens=80 gradient_accumulation=3 max_steps=0 epochs=3 schedule=cosine warmup_steps=2",
                "optimizer=adafactor",
                "optimizer=lion learning_rate=1e-3 weight_decay=0.1",
                "lora.rank=4 lora.dropout=0.1",
                "lora.rank=2 lora.dora=true precision=bf16 lean=true",
                "data.eval_count=5 eval_every=2 save_every=3 keep=1",
            })
    void resumedEqualsUninterrupted(String settings) throws IOException {
        String[] overrides = settings.split(" ");
        SftConfig whole = runs.config("whole", overrides);
        SftConfig parts = runs.config("parts", overrides);
        runs.train(whole);

        Random random = new Random(settings.hashCode());
        int first = 1 + random.nextInt(5);
        runs.trainUntil(parts, false, first);
        assertThat(new RunFiles(parts.output()).state().kind()).isEqualTo(RunState.Kind.INTERRUPTED);
        assertThat(TinyRuns.checkpoints(parts).newest().orElseThrow().step()).isEqualTo(first);
        runs.trainUntil(parts, true, first + 1 + random.nextInt(4));
        runs.resume(parts);

        assertSameEnd(whole, parts);
        assertThat(TinyRuns.checkpoints(parts).bestValue())
                .isEqualTo(TinyRuns.checkpoints(whole).bestValue());
    }

    private static void assertSameEnd(SftConfig whole, SftConfig parts) throws IOException {
        assertThat(TinyRuns.finalWeights(parts)).isEqualTo(TinyRuns.finalWeights(whole));
        assertThat(TinyRuns.finalMoments(parts)).isEqualTo(TinyRuns.finalMoments(whole));
        assertThat(TinyRuns.metrics(parts)).isEqualTo(TinyRuns.metrics(whole));
        assertThat(new RunFiles(parts.output()).state().kind()).isEqualTo(RunState.Kind.FINISHED);
    }

    @Test
    void evaluationThatWasCutShortIsMadeUpFor() throws IOException {
        SftConfig whole = runs.config("whole", "data.eval_count=8");
        SftConfig parts = runs.config("parts", "data.eval_count=8");
        runs.train(whole);
        Interruption before = Interruption.manual();
        before.request();
        SftTrainer.run(parts, Resume.FRESH, event -> {}, before);
        assertThat(newestStep(parts)).isZero();
        assertThat(TinyRuns.metrics(parts)).isEmpty();
        runs.resume(parts);
        assertSameEnd(whole, parts);
    }

    @Test
    void interruptedAtAnyMomentItEndsTheSame() throws Exception {
        // most of the time goes into evaluations
        String[] overrides = {"data.eval_count=12", "max_tokens=30", "eval_every=2", "save_every=5", "keep=1"};
        SftConfig whole = runs.config("whole", overrides);
        SftConfig parts = runs.config("parts", overrides);
        runs.train(whole);
        Random random = new Random(5);
        boolean resumed = false;
        for (int round = 0; round < 8; round++) {
            Interruption interruption = Interruption.manual();
            Thread asker = Thread.ofPlatform().unstarted(() -> {
                LockSupport.parkNanos(random.nextInt(100_000_000));
                interruption.request();
            });
            SftTrainer.run(
                    parts,
                    new Resume(resumed, false),
                    event -> {
                        if (event instanceof RunEvent.Started) {
                            asker.start();
                        }
                    },
                    interruption);
            asker.join();
            resumed = true;
        }
        runs.resume(parts);
        assertSameEnd(whole, parts);
        assertThat(TinyRuns.checkpoints(parts).bestValue())
                .isEqualTo(TinyRuns.checkpoints(whole).bestValue());
    }

    @Test
    void runWithoutCheckpointBeginsAnew() throws IOException {
        SftConfig whole = runs.config("whole", "data.eval_count=4");
        SftConfig killed = runs.config("killed", "data.eval_count=4");
        runs.train(whole);
        runs.train(killed);
        for (Path path : List.of(killed.output().resolve("checkpoints"))) {
            delete(path);
        }
        runs.resume(killed);
        assertSameEnd(whole, killed);
    }

    @Test
    void finishedRunStaysAsItIs() throws IOException {
        SftConfig config = runs.config("run", "data.eval_count=4");
        runs.train(config);
        List<?> before = TinyRuns.metrics(config);
        byte[] weights = TinyRuns.finalWeights(config);
        runs.resume(config);
        assertThat(TinyRuns.metrics(config)).isEqualTo(before);
        assertThat(TinyRuns.finalWeights(config)).isEqualTo(weights);
    }

    @Test
    void killedAtAnyMomentItResumesToTheSameWeights() throws Exception {
        String[] overrides = {"max_steps=40", "save_every=1", "keep=1", "data.eval_count=4", "eval_every=5"};
        SftConfig whole = runs.config("whole", overrides);
        SftConfig killed = runs.config("killed", overrides);
        runs.train(whole);
        Random random = new Random(3);
        for (int round = 0; round < 3; round++) {
            long before = newestStep(killed);
            Process process = child(List.of(), killed.output(), round > 0);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (newestStep(killed) <= before && System.nanoTime() < deadline && process.isAlive()) {
                Thread.sleep(1);
            }
            Thread.sleep(random.nextInt(60));
            process.destroyForcibly().waitFor();
            assertThat(newestStep(killed)).as("steps done in round " + round).isGreaterThan(before);
        }
        assertThat(newestStep(killed)).as("killed before its end").isLessThan(40);
        runs.resume(killed);
        assertSameEnd(whole, killed);
        assertThat(TinyRuns.checkpoints(killed).bestValue())
                .isEqualTo(TinyRuns.checkpoints(whole).bestValue());
        assertThat(names(killed.output().resolve("checkpoints"))).noneMatch(name -> name.startsWith("."));
    }

    /// A limit on the size of files stands in for the full disk: a write fails in the middle.
    @Test
    @EnabledOnOs(OS.LINUX)
    void failedSaveLeavesTheCheckpointBefore() throws Exception {
        SftConfig whole = runs.config("whole");
        SftConfig full = runs.config("full");
        runs.train(whole);
        runs.trainUntil(full, false, 3);
        Process process = child(List.of("bash", "-c", "ulimit -f 40; exec \"$0\" \"$@\""), full.output(), true);
        assertThat(process.waitFor()).isEqualTo(4);
        assertThat(names(full.output().resolve("checkpoints"))).containsExactly("step-3");
        RunState state = new RunFiles(full.output()).state();
        assertThat(state.kind()).isEqualTo(RunState.Kind.FAILED);
        assertThat(state.reason()).contains("step-12: cannot be written", "earlier checkpoints are intact");
        runs.resume(full);
        assertSameEnd(whole, full);
    }

    /// The same run in a process of its own; see [SftLoop].
    private Process child(List<String> wrapper, Path output, boolean resumed) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                SftLoop.class.getName(),
                output.resolveSibling("whole").resolve("config.yaml").toString(),
                output.toString(),
                String.valueOf(resumed)));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static long newestStep(SftConfig config) {
        return TinyRuns.checkpoints(config)
                .newest()
                .map(Checkpoints.Checkpoint::step)
                .orElse(-1L);
    }

    @Test
    void anotherConfigurationIsRefusedByItsKeys() {
        runs.trainUntil(runs.config("run"), false, 3);
        assertThatThrownBy(() -> runs.resume(runs.config("run", "learning_rate=1e-3", "data.max_length=99")))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("learning_rate: was 0.01, is 0.001")
                .hasMessageContaining("data.max_length: was 1024, is 99");
    }

    @Test
    void otherDataAreRefusedByTheirFile() throws IOException {
        SftConfig config = runs.config("run");
        runs.trainUntil(config, false, 3);
        TinyModelFolder.sums(folder.resolve("sums.jsonl"), 22, 2);
        assertThatThrownBy(() -> runs.resume(config))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("sums.jsonl: its content was another");
    }

    @Test
    void anotherEnvironmentIsRefusedUnlessAllowed() throws IOException {
        SftConfig config = runs.config("run");
        runs.trainUntil(config, false, 3);
        Path state =
                TinyRuns.checkpoints(config).newest().orElseThrow().folder().resolve("training_state/state.json");
        Files.writeString(state, Files.readString(state).replaceAll("(\"threads\" : )\"\\d+\"", "$1\"97\""));
        assertThatThrownBy(() -> runs.resume(config))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("threads: 97 then")
                .hasMessageContaining("--allow-inexact");
        SftTrainer.run(config, new Resume(true, true), event -> {}, Interruption.manual());
        assertThat(newestStep(config)).isEqualTo(12);
    }

    @Test
    void damagedStateIsNamed() throws IOException {
        SftConfig config = runs.config("run");
        runs.trainUntil(config, false, 3);
        Path training =
                TinyRuns.checkpoints(config).newest().orElseThrow().folder().resolve("training_state");
        byte[] moments = Files.readAllBytes(training.resolve("optimizer.safetensors"));
        Files.write(training.resolve("optimizer.safetensors"), Arrays.copyOf(moments, moments.length / 2));
        assertThatThrownBy(() -> runs.resume(config))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("optimizer.safetensors");
        Files.writeString(training.resolve("state.json"), "{\"step\": ");
        assertThatThrownBy(() -> runs.resume(config))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("state.json");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString()).toList();
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
