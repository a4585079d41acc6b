package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// From drawn outputs through rankings to a reward model that chooses among them.
class RewardCommandsTest {
    @TempDir
    Path folder;

    private Path model;
    private Path rankings;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void makeModelAndRankings() throws IOException {
        model = TinyModelFolder.save(folder.resolve("model"), 1);
        rankings = Files.writeString(folder.resolve("rankings.jsonl"), """
                {"prompt": "1+1=", "outputs": ["2", "3", "4"], "ranking": "A > B = C", "labeler": "ann"}
                {"prompt": "1+2=", "outputs": ["2", "3"], "ranking": "B > A", "labeler": "bob"}
                """);
    }

    private int run(String... arguments) {
        return Align4j.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String train(String name, String... overrides) {
        Path run = folder.resolve(name);
        List<String> settings = new ArrayList<>(List.of(
                "model=" + model,
                "output=" + run,
                "data.train=[" + rankings + "]",
                "precision=fp32",
                "seed=" + name.hashCode(),
                "max_steps=2"));
        settings.addAll(List.of(overrides));
        int code = run(Stream.concat(Stream.of("reward"), settings.stream().flatMap(each -> Stream.of("--set", each)))
                .toArray(String[]::new));
        assertThat(code).as(err.toString()).isZero();
        return run.toString();
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    @Test
    void drawsOutputsWithTheirSettingsAndChoosesTheBest() throws IOException {
        Path prompts =
                Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\": \"1+1=\"}\n{\"prompt\": \"2\"}\n");
        Path outputs = folder.resolve("outputs.jsonl");
        int drawn = run(
                "sample",
                "--model",
                model.toString(),
                "--data",
                prompts.toString(),
                "--k",
                "3",
                "--max-tokens",
                "5",
                "--seed",
                "7",
                "--output",
                outputs.toString());
        assertThat(drawn).as(err.toString()).isZero();
        JsonNode first = lines(outputs).getFirst();
        assertThat(first.path("outputs")).hasSize(3);
        assertThat(first.path("settings").path("seed").asInt(-1)).isEqualTo(7);
        assertThat(first.path("prompt").path(0).path("content").asString("")).isEqualTo("1+1=");

        String reward = train("reward");
        Path best = folder.resolve("best.jsonl");
        int scored = run(
                "score",
                "--model",
                reward,
                "--data",
                outputs.toString(),
                "--best",
                "--output",
                best.toString(),
                "--dtype",
                "fp32");
        assertThat(scored).as(err.toString()).isZero();
        assertThat(lines(best))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.path("score").isNumber()).isTrue());
    }

    @Test
    void choosesAmongOutputsThatAreTheSame() throws IOException {
        Path outputs = Files.writeString(
                folder.resolve("outputs.jsonl"), "{\"prompt\": \"1+1=\", \"outputs\": [\"2\", \"2\", \"2\"]}\n");
        Path best = folder.resolve("best.jsonl");
        int code = run(
                "score",
                "--model",
                train("reward"),
                "--data",
                outputs.toString(),
                "--best",
                "--output",
                best.toString(),
                "--dtype",
                "fp32");
        assertThat(code).as(err.toString()).isZero();
        assertThat(lines(best))
                .singleElement()
                .satisfies(
                        row -> assertThat(row.path("completion").asString("")).isEqualTo("2"));
    }

    @Test
    void tellsWhatEachModelOfAnEnsembleLeavesOut() throws IOException {
        String models = train("one") + "," + train("two");
        Path outputs = Files.writeString(folder.resolve("outputs.jsonl"), """
                {"prompt": "1+1=", "outputs": ["2", "3"]}
                {"prompt": "1+2=", "outputs": ["2", ""]}
                {"prompt": "1+2=", "outputs": []}
                """);
        String[] arguments = {"score", "--model", models, "--data", outputs.toString(), "--dtype", "fp32"};
        assertThat(run(arguments)).isEqualTo(3);
        assertThat(err.toString()).contains("1 of 3 rows");
        err.getBuffer().setLength(0);
        assertThat(run(Stream.concat(Stream.of(arguments), Stream.of("--on-error", "skip"))
                        .toArray(String[]::new)))
                .isZero();
        assertThat(err.toString()).contains(models.split(",")).contains("outputs.jsonl:3");
    }

    @Test
    void comparesAnEnsembleWithItsLabels() throws IOException {
        String models = train("one") + "," + train("two");
        Path scores = folder.resolve("scores.jsonl");
        Path plots = folder.resolve("plots");
        int code = run(
                "score",
                "--model",
                models,
                "--data",
                rankings.toString(),
                "--output",
                scores.toString(),
                "--dtype",
                "fp32",
                "--plots",
                plots.toString());
        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("accuracy", "disagreement", "with 1 ties", "labeler ann", "labeler bob", "calibration");
        JsonNode first = lines(scores).getFirst();
        assertThat(first.path("ranking")).hasToString("[[\"A\"],[\"B\",\"C\"]]");
        assertThat(first.path("labeler").asString("")).isEqualTo("ann");
        assertThat(first.path("highest").isString()).isTrue();
        assertThat(first.path("outputs").path(0).path("deviation").isNumber()).isTrue();
        assertThat(plots.resolve("reliability.svg")).content().startsWith("<svg");
    }

    @Test
    void aMergedRewardModelScoresAsItsAdapterDid() throws IOException {
        String adapter = train("adapter", "lora.rank=2", "learning_rate=1e-2", "normalise_examples=2");
        Path merged = folder.resolve("merged");
        assertThat(run("merge", "--adapter", adapter, "--output", merged.toString()))
                .as(err.toString())
                .isZero();
        List<Double> before = scores(adapter, "before.jsonl");
        List<Double> after = scores(merged.toString(), "after.jsonl");
        assertThat(after).hasSameSizeAs(before).isNotEmpty();
        for (int i = 0; i < before.size(); i++) {
            assertThat(after.get(i)).isCloseTo(before.get(i), within(1e-4));
        }
    }

    private List<Double> scores(String rewardModel, String name) throws IOException {
        Path scores = folder.resolve(name);
        int code = run(
                "score",
                "--model",
                rewardModel,
                "--data",
                rankings.toString(),
                "--output",
                scores.toString(),
                "--dtype",
                "fp32");
        assertThat(code).as(err.toString()).isZero();
        return lines(scores).stream()
                .flatMap(line -> line.get("outputs").valueStream())
                .map(output -> output.get("score").doubleValue())
                .toList();
    }

    @Test
    void saysWhatIsNoRewardModel() {
        assertThat(run("score", "--model", model.toString(), "--data", rankings.toString()))
                .isEqualTo(4);
        assertThat(err.toString()).contains("no reward model", "align4j reward");
        String reward = train("reward");
        assertThat(run("generate", "--model", reward, "--prompt", "1+1=")).isEqualTo(4);
        assertThat(err.toString()).contains("align4j score");
    }

    @Test
    void reportsRankingsThatCannotBeUsed() throws IOException {
        Files.writeString(rankings, """
                {"prompt": "1+1=", "outputs": ["2", "3", "4"], "ranking": "A > B"}
                {"prompt": "1+1=", "outputs": ["2", "2"], "ranking": "A > B"}
                """);
        int code = run(
                "reward",
                "--set",
                "model=" + model,
                "--set",
                "output=" + folder.resolve("run"),
                "--set",
                "data.train=[" + rankings + "]");
        assertThat(code).isEqualTo(3);
        assertThat(err.toString())
                .contains("rankings.jsonl:1", "doesn't judge [C]", "rankings.jsonl:2", "are the same");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void tellsWhereTooManyAreTiedBeforeTheFirstStep() throws IOException {
        String outputs =
                IntStream.range(0, 14).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(", ", "[", "]"));
        String places = IntStream.range(0, 14).mapToObj(i -> i < 13 ? "1" : "2").collect(Collectors.joining(", "));
        Files.writeString(
                rankings, "{\"prompt\": \"1+1=\", \"outputs\": " + outputs + ", \"ranking\": [" + places + "]}\n");
        int code = run(
                "reward",
                "--set",
                "model=" + model,
                "--set",
                "output=" + folder.resolve("run"),
                "--set",
                "loss.type=plackett_luce",
                "--set",
                "data.train=[" + rankings + "]");
        assertThat(code).isEqualTo(3);
        assertThat(err.toString()).contains("rankings.jsonl:1", "13 outputs are tied", "another model or loss");
        assertThat(folder.resolve("run")).doesNotExist();
    }
}
