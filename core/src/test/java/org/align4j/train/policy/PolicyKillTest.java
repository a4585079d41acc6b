package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.run.RunFiles;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Resume;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A process that is killed while it draws answers, learns or saves ends with the same weights.
class PolicyKillTest {
    private static final int UPDATES = 2;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"ppo", "grpo"})
    void killedAtAnyStageItResumesToTheSameWeights(String algorithm) throws Exception {
        TinyModelFolder.save(folder.resolve("model"), 1);
        Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\": \"1 + 1 = \"}\n{\"prompt\": \"2 + 2 = \"}\n");
        Path config = config(algorithm);
        Path whole = folder.resolve("whole");
        PolicyLoop.run(algorithm, config, whole, Resume.FRESH, event -> {});
        Path killed = folder.resolve("killed");

        // 1. answers are drawn, and nothing of them is written
        Path hold = Files.createFile(folder.resolve("hold"));
        kill(start(algorithm, config, killed, false), "answered");
        assertThat(killed.resolve("rollouts/iteration-0.json")).doesNotExist();
        Files.delete(hold);
        // 2. in the midst of an iteration's updates
        kill(start(algorithm, config, killed, true), "step " + (UPDATES + 1));
        assertThat(killed.resolve("rollouts/iteration-1.json")).exists();
        // 3. a checkpoint is half written
        boolean caught = false;
        for (int attempt = 0; attempt < 8 && !caught; attempt++) {
            caught = killWhileSaving(start(algorithm, config, killed, true), killed.resolve("checkpoints"));
        }
        assertThat(caught).as("killed while it saved").isTrue();

        PolicyLoop.run(algorithm, config, killed, Resume.EXACT, event -> {});
        for (String file : files(algorithm)) {
            assertThat(newest(killed).resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(newest(whole).resolve(file));
        }
    }

    /// What is trained, and what the optimisers remember.
    private static List<String> files(String algorithm) {
        List<String> policy = List.of("model.safetensors", "training_state/optimizer.safetensors");
        return algorithm.equals("grpo")
                ? policy
                : Stream.concat(policy.stream(), policy.stream().map(file -> "value/" + file))
                        .toList();
    }

    private Path config(String algorithm) throws IOException {
        String own = algorithm.equals("ppo") ? """
                rollout: {prompts: 4, max_new_tokens: 6}
                loss: {kl_target: 0.5, normalise_scores: true}
                """ : """
                rollout: {prompts: 2, group_size: 4, max_new_tokens: 6}
                loss: {beta: 0.1}
                reference_every: 3
                """;
        return Files.writeString(
                folder.resolve(algorithm + ".yaml"),
                """
                model: %s
                data: {train: [%s]}
                rewards: [{type: java, name: "%s"}]
                precision: fp32
                iterations: 12
                epochs: %d
                learning_rate: 1.0e-2
                save_every: 1
                keep: 1
                """.formatted(
                                        folder.resolve("model"),
                                        folder.resolve("prompts.jsonl"),
                                        PolicyLoop.HeldReward.class.getName(),
                                        UPDATES)
                        + own);
    }

    private static Path newest(Path run) {
        return new RunFiles(run).checkpoints().newest().orElseThrow().folder();
    }

    private Process start(String algorithm, Path config, Path output, boolean resumed) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-D" + PolicyLoop.HeldReward.HOLD + "=" + folder.resolve("hold"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PolicyLoop.class.getName(),
                        algorithm,
                        config.toString(),
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
