package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.config.Configuration;
import org.align4j.run.Interruption;
import org.align4j.run.RunFiles;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Resume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed while it draws answers, learns or saves ends with the same weights.
class PpoKillTest {
    private static final int UPDATES = 2;

    @TempDir
    Path folder;

    @Test
    void killedAtAnyStageItResumesToTheSameWeights() throws Exception {
        TinyModelFolder.save(folder.resolve("model"), 1);
        Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\": \"1 + 1 = \"}\n{\"prompt\": \"2 + 2 = \"}\n");
        PpoConfig whole = config("whole");
        PpoTrainer.run(whole, Resume.FRESH, event -> {}, Interruption.manual());
        Path killed = folder.resolve("killed");

        // 1. answers are drawn, and nothing of them is written
        Path hold = Files.createFile(folder.resolve("hold"));
        kill(start(killed, false), "answered");
        assertThat(killed.resolve("rollouts/iteration-0.json")).doesNotExist();
        Files.delete(hold);
        // 2. in the midst of an iteration's updates
        kill(start(killed, true), "step " + (UPDATES + 1));
        assertThat(killed.resolve("rollouts/iteration-1.json")).exists();
        // 3. a checkpoint is half written
        boolean caught = false;
        for (int attempt = 0; attempt < 8 && !caught; attempt++) {
            caught = killWhileSaving(start(killed, true), killed.resolve("checkpoints"));
        }
        assertThat(caught).as("killed while it saved").isTrue();

        PpoTrainer.run(config("killed"), Resume.EXACT, event -> {}, Interruption.manual());
        for (String file : List.of(
                "model.safetensors",
                "value/model.safetensors",
                "training_state/optimizer.safetensors",
                "value/training_state/optimizer.safetensors")) {
            assertThat(newest(killed).resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(newest(whole.output()).resolve(file));
        }
    }

    private PpoConfig config(String name) {
        return Configuration.of(
                PpoConfig.class,
                List.of(
                        "model=" + folder.resolve("model"),
                        "output=" + folder.resolve(name),
                        "data.train=[" + folder.resolve("prompts.jsonl") + "]",
                        "rewards=[{type: java, name: \"" + PpoLoop.HeldReward.class.getName() + "\"}]",
                        "precision=fp32",
                        "rollout.prompts=4",
                        "rollout.max_new_tokens=6",
                        "loss.kl_target=0.5",
                        "loss.normalise_scores=true",
                        "iterations=12",
                        "epochs=" + UPDATES,
                        "learning_rate=1e-2",
                        "save_every=1",
                        "keep=1"));
    }

    private static Path newest(Path run) {
        return new RunFiles(run).checkpoints().newest().orElseThrow().folder();
    }

    private Process start(Path output, boolean resumed) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-D" + PpoLoop.HeldReward.HOLD + "=" + folder.resolve("hold"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PpoLoop.class.getName(),
                        folder.resolve("whole/config.yaml").toString(),
                        output.toString(),
                        String.valueOf(resumed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /// Kills it when it has said so.
    private static void kill(Process process, String line) throws Exception {
        try (BufferedReader said = process.inputReader()) {
            assertThat(said.lines().anyMatch(line::equals)).as(line).isTrue();
            process.destroyForcibly().waitFor();
        }
    }

    /// Kills it when it writes a checkpoint.
    ///
    /// @return whether it was killed before that was complete
    private static boolean killWhileSaving(Process process, Path checkpoints) throws Exception {
        try (BufferedReader said = process.inputReader()) {
            assertThat(said.readLine()).startsWith("step ");
            while (process.isAlive() && !halfWritten(checkpoints)) {
                Thread.onSpinWait();
            }
            process.destroyForcibly().waitFor();
        }
        return halfWritten(checkpoints);
    }

    private static boolean halfWritten(Path checkpoints) throws IOException {
        try (Stream<Path> children = Files.list(checkpoints)) {
            return children.anyMatch(child -> child.getFileName().toString().endsWith(".tmp"));
        }
    }
}
