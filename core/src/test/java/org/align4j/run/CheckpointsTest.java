package org.align4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    Path run;

    private Checkpoints checkpoints() {
        return new RunFiles(run).checkpoints();
    }

    private static List<Long> steps(Checkpoints checkpoints) {
        return checkpoints.list().stream().map(Checkpoints.Checkpoint::step).toList();
    }

    @Test
    void keepsTheNewestAndTheBest() {
        Checkpoints checkpoints = checkpoints();
        for (long step : new long[] {5, 10, 15, 100}) {
            CheckpointLoop.save(checkpoints, step);
        }
        checkpoints.markBest(10, 1.25);
        checkpoints.keep(1);
        assertThat(steps(checkpoints)).containsExactly(10L, 100L);
        assertThat(checkpoints.newest().orElseThrow().step()).isEqualTo(100);
        assertThat(checkpoints.best().orElseThrow().step()).isEqualTo(10);
        assertThat(checkpoints.bestValue()).contains(new Checkpoints.Best(10, 1.25));
    }

    @Test
    void failedSaveLeavesEarlierCheckpointsAndNothingElse() throws IOException {
        Checkpoints checkpoints = checkpoints();
        CheckpointLoop.save(checkpoints, 1);
        assertThatThrownBy(() -> checkpoints.save(1, folder -> {
                    Files.writeString(folder.resolve("model"), "half");
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("earlier checkpoints are intact");
        assertComplete(checkpoints);
        try (Stream<Path> left = Files.list(run.resolve("checkpoints"))) {
            assertThat(left).extracting(Path::getFileName).containsExactly(Path.of("step-1"));
        }
    }

    @Test
    void otherFilesAreNoCheckpoints() throws IOException {
        Path folder = Files.createDirectories(run.resolve("checkpoints"));
        Files.createDirectory(folder.resolve(".step-7.tmp"));
        Files.createDirectory(folder.resolve("step-x"));
        Files.writeString(folder.resolve("step-3"), "a file");
        assertThat(checkpoints().list()).isEmpty();
        assertThat(checkpoints().newest()).isEmpty();
    }

    @Test
    void killAtAnyMomentLeavesCompleteCheckpoints() throws Exception {
        Random random = new Random(1);
        long newest = 0;
        for (int round = 0; round < 6; round++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            CheckpointLoop.class.getName(),
                            run.toString())
                    .inheritIO()
                    .start();
            long before = newest;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (checkpoints().newest().map(Checkpoints.Checkpoint::step).orElse(0L) <= before
                    && System.nanoTime() < deadline) {
                Thread.sleep(2);
            }
            Thread.sleep(random.nextInt(40));
            process.destroyForcibly().waitFor();
            checkpoints().clean();
            assertComplete(checkpoints());
            newest = checkpoints().newest().orElseThrow().step();
            assertThat(newest).isGreaterThan(before);
        }
    }

    private static void assertComplete(Checkpoints checkpoints) throws IOException {
        for (Checkpoints.Checkpoint checkpoint : checkpoints.list()) {
            for (String name : List.of("model", "config", "training_state/optimizer")) {
                assertThat(Files.readString(checkpoint.folder().resolve(name)))
                        .isEqualTo((checkpoint.step() + "\n").repeat(20_000));
            }
        }
        Path folder = checkpoints.newest().orElseThrow().folder().getParent();
        try (Stream<Path> children = Files.list(folder)) {
            assertThat(children)
                    .noneMatch(child -> child.getFileName().toString().startsWith("."));
        }
    }
}
