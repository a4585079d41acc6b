package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.align4j.run.Metrics;
import org.align4j.run.RunFiles;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A policy and its reference as a reward model.
class ImplicitRewardTest {
    @TempDir
    Path folder;

    private Path model;
    private Path pairs;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void makeModelAndPairs() throws IOException {
        model = TinyModelFolder.save(folder.resolve("model"), 1);
        pairs = Files.writeString(folder.resolve("pairs.jsonl"), """
            {"prompt": "1+1=", "chosen": "2", "rejected": "3"}
            {"prompt": "1+2=", "chosen": "3, I think", "rejected": "4"}
            """);
    }

    private int run(String... arguments) {
        return Align4j.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Path train(String... settings) {
        Path run = folder.resolve("run");
        List<String> arguments = new ArrayList<>(List.of("dpo"));
        List<String> all = new ArrayList<>(List.of(
                "model=" + model,
                "output=" + run,
                "data.train=[" + pairs + "]",
                "data.eval=[" + pairs + "]",
                "reference.cache=" + folder.resolve("cache"),
                "precision=fp32",
                "max_steps=6",
                "learning_rate=1e-2"));
        if (Arrays.stream(settings).noneMatch(setting -> setting.startsWith("loss="))) {
            all.add("loss.beta=0.3");
        }
        all.addAll(List.of(settings));
        all.forEach(each -> arguments.addAll(List.of("--set", each)));
        assertThat(run(arguments.toArray(String[]::new))).as(err.toString()).isZero();
        return run;
    }

    @ParameterizedTest
    @ValueSource(strings = {"data.chat=true", "data.chat=false", "lora.rank=2"})
    void scoresWithTheRewardsThatTheTrainerLogged(String setting) throws IOException {
        Path run = train(setting);
        Path scores = folder.resolve("scores.jsonl");
        int code = run(
                "score",
                "--implicit",
                "--model",
                run.toString(),
                "--data",
                pairs.toString(),
                "--dtype",
                "fp32",
                "--output",
                scores.toString());
        assertThat(code).as(err.toString()).isZero();
        Map<String, Double> logged =
                Metrics.read(new RunFiles(run).metrics()).getLast().values();
        assertThat(mean(scores, "chosen")).isCloseTo(logged.get("eval/rewards/chosen"), within(1e-4));
        assertThat(mean(scores, "rejected")).isCloseTo(logged.get("eval/rewards/rejected"), within(1e-4));
        assertThat(logged.get("eval/rewards/margins")).isGreaterThan(0.1);
        assertThat(out.toString()).contains("accuracy", "calibration");
    }

    /// The adapter's base is not what its rewards are relative to.
    @Test
    void theReferenceThatTheRunNamesComesBeforeAnAdaptersBase() throws IOException {
        Path other = TinyModelFolder.save(folder.resolve("other"), 2);
        Path run = train("lora.rank=2", "reference.model=" + other);
        Path scores = folder.resolve("scores.jsonl");
        String[] arguments = {
            "score",
            "--implicit",
            "--model",
            run.toString(),
            "--data",
            pairs.toString(),
            "--dtype",
            "fp32",
            "--output",
            scores.toString()
        };
        assertThat(run(arguments)).as(err.toString()).isZero();
        Map<String, Double> logged =
                Metrics.read(new RunFiles(run).metrics()).getLast().values();
        assertThat(mean(scores, "chosen")).isCloseTo(logged.get("eval/rewards/chosen"), within(1e-4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loss={type: simpo}",
                "reference.mode=none",
                "loss={type: weighted_sum, terms: [{weight: 1, loss: dpo}, {weight: 1, loss: nll}]}",
            })
    void refusesToGuessWhatARunDoesNotSay(String setting) {
        Path run = train(setting, "max_steps=1");
        assertThat(run("score", "--implicit", "--model", run.toString(), "--data", pairs.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--beta");
    }

    private static double mean(Path scores, String id) throws IOException {
        double sum = 0;
        List<String> lines = Files.readAllLines(scores);
        for (String line : lines) {
            for (JsonNode output : JsonMapper.shared().readTree(line).path("outputs")) {
                sum += output.path("id").asString("").equals(id)
                        ? output.path("score").asDouble()
                        : 0;
            }
        }
        return sum / lines.size();
    }

    @Test
    void aPolicyScoresNothingAgainstItself() {
        int code = run(
                "score",
                "--implicit",
                "--model",
                model.toString(),
                "--reference",
                model.toString(),
                "--data",
                pairs.toString(),
                "--dtype",
                "fp32");
        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("0.500");
    }

    @Test
    void saysWhatIsMissing() {
        assertThat(run("score", "--implicit", "--model", model.toString(), "--data", pairs.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--reference", "name the model that the policy began as");
        assertThat(run("score", "--beta", "1", "--model", model.toString(), "--data", pairs.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("add --implicit");
    }
}
