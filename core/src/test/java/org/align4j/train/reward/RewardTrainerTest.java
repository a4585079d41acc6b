package org.align4j.train.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.config.Configuration;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.random.CounterRandom;
import org.align4j.rl.JudgedScores;
import org.align4j.rl.RewardEvaluation;
import org.align4j.rl.RewardModel;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Resume;
import org.align4j.train.preference.PreferenceData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RewardTrainerTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeModelAndRankings() throws IOException {
        TinyModelFolder.save(folder.resolve("model"), 1);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            lines.add(ranking(i, CounterRandom.of(3, "rankings").at(i)));
        }
        Files.write(folder.resolve("rankings.jsonl"), lines);
    }

    /// Four answers of one digit each, ranked by it; neighbours are tied.
    private static String ranking(int number, CounterRandom random) {
        int[] digits = random.permutation(10, 0);
        StringBuilder ranking = new StringBuilder();
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3));
        order.sort((a, b) -> digits[b] - digits[a]);
        for (int i = 0; i < 4; i++) {
            boolean tie = i > 0 && digits[order.get(i - 1)] - digits[order.get(i)] == 1;
            ranking.append(i == 0 ? "" : tie ? " = " : " > ").append((char) ('A' + order.get(i)));
        }
        return "{\"prompt\": \"" + number + "+1=\", \"outputs\": [\"" + digits[0] + "\", \""
                + digits[1] + "\", \"" + digits[2] + "\", \"" + digits[3] + "\"], \"ranking\": \"" + ranking
                + "\", \"labeler\": \"ann\", \"tags\": [\"digits\"]}";
    }

    private RewardConfig config(String name, String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("rankings.jsonl") + "]",
                "precision=fp32",
                "max_steps=8",
                "normalise_examples=20",
                "learning_rate=3e-3"));
        all.addAll(List.of(overrides));
        return Configuration.of(RewardConfig.class, all);
    }

    private static List<RunEvent> train(RewardConfig config, boolean resumed, long stopAt) {
        List<RunEvent> events = new ArrayList<>();
        Interruption interruption = Interruption.manual();
        RewardTrainer.run(
                config,
                new Resume(resumed, false),
                event -> {
                    events.add(event);
                    if (event instanceof RunEvent.Step(long step, Map<String, Double> _) && step == stopAt) {
                        interruption.request();
                    }
                },
                interruption);
        return events;
    }

    private static Map<String, Double> lastEvaluation(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.Evaluated.class::isInstance)
                .map(event -> ((RunEvent.Evaluated) event).metrics())
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private static Path checkpoint(RewardConfig config) {
        return new RunFiles(config.output())
                .checkpoints()
                .newest()
                .orElseThrow()
                .folder();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bradley_terry", "davidson", "rao_kupper", "plackett_luce"})
    void learnsWhatTheLabelerLikes(String loss) {
        RewardConfig config =
                config("run", "loss.type=" + loss, "data.eval_count=20", "max_steps=60", "learning_rate=1e-2");
        Map<String, Double> metrics = lastEvaluation(train(config, false, -1));
        assertThat(metrics.get("eval/accuracy")).as("%s", metrics).isGreaterThan(0.9);
        assertThat(metrics.get("eval/tie_accuracy")).isGreaterThan(0.8);
    }

    @Test
    void tellsWhichDemonstrationsAreLeftOut() throws IOException {
        Path file = Files.write(
                folder.resolve("demonstrations.jsonl"),
                List.of(
                        "{\"prompt\": \"1+1=\", \"completion\": \"2\"}",
                        "{\"prompt\": \"1+2=\", \"completion\": \"\"}"));
        List<RunEvent> events =
                train(config("run", "max_steps=1", "demonstrations=[" + file + "]", "data.on_error=skip"), false, -1);
        assertThat(events)
                .filteredOn(RunEvent.Noted.class::isInstance)
                .extracting(event -> ((RunEvent.Noted) event).message())
                .anySatisfy(note ->
                        assertThat(note).contains("demonstrations: 2 rows read, 1 used", "demonstrations.jsonl:2"));
    }

    @Test
    void samplesShowWhatAnswersAreWorthBesideWhatWasSaidOfThem() {
        List<RunEvent> events = train(config("run", "data.eval_count=20", "sample_every=8"), false, -1);
        List<Map<String, ?>> lines = events.stream()
                .filter(RunEvent.Sample.class::isInstance)
                .<Map<String, ?>>map(event -> ((RunEvent.Sample) event).values())
                .toList();
        assertThat(lines).hasSize(4 * 4).allSatisfy(line -> {
            assertThat((String) line.get("prompt")).contains("+1=");
            assertThat((String) line.get("completion")).containsPattern("[0-9]");
            assertThat((String) line.get("output")).matches("[A-D]");
            assertThat((String) line.get("judged")).matches("[A-D]( [>=] [A-D]){3}");
        });
        assertThat(lines.stream().map(line -> line.get("reward")).distinct().count())
                .isGreaterThan(4);
    }

    private static PreferenceData data(RewardConfig config, RewardModel model) {
        return PreferenceData.load(
                config.data(),
                config.seed(),
                model.tokenizer(),
                model.loaded().template(),
                model.loaded().model().architecture());
    }

    /// How a model that was saved does on what was held out.
    private static RewardEvaluation evaluated(RewardModel model, PreferenceData data) {
        List<float[]> scores = model.score(
                data.evaluation().stream().map(TokenizedComparison::outputs).toList(), 64, () -> false);
        List<JudgedScores> judged = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            judged.add(JudgedScores.of(data.evaluation().get(i), scores.get(i)));
        }
        return RewardEvaluation.of(judged);
    }

    @Test
    void scoresOfASavedModelAreItsOwnAndDemonstrationsScoreZero() {
        RewardConfig config = config("run", "data.eval_count=20");
        Map<String, Double> metrics = lastEvaluation(train(config, false, -1));
        try (Scope scope = Scope.open();
                RewardModel model = RewardModel.load(config.output(), DType.FLOAT32, Device.CPU)) {
            PreferenceData data = data(config, model);
            RewardEvaluation found = evaluated(model, data);
            assertThat(found.logLoss()).isCloseTo(metrics.get("eval/log_loss"), within(1e-5));
            assertThat(found.byLabeler().get("ann").pairs()).isEqualTo(found.pairs());
            assertThat(found.byTag().get("digits").accuracy()).isEqualTo(found.accuracy());
            double mean = data.train().stream()
                    .limit(20)
                    .map(Demonstrations::best)
                    .mapToDouble(best -> model.normalised(
                            model.score(List.of(List.of(best)), 64, () -> false).getFirst()[0]))
                    .average()
                    .orElseThrow();
            assertThat(mean).isCloseTo(0, within(1e-4));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "precision=fp32",
                "precision=bf16 lean=true",
                "language_modelling=0.1 centring=0.01 gradient_accumulation=2 batch_size=2",
                "lora.rank=4 lora.dropout=0.1",
                "batch_size=0 max_tokens=200 data.eval_count=20 eval_every=2 save_every=3 keep=1"
            })
    void resumedEqualsUninterrupted(String settings) throws IOException {
        RewardConfig whole = config("whole", settings.split(" "));
        RewardConfig parts = config("parts", settings.split(" "));
        train(whole, false, -1);
        train(parts, false, 3);
        train(parts, true, 5);
        train(parts, true, -1);
        String weights = whole.lora().isPresent() ? "adapter_model.safetensors" : "model.safetensors";
        for (String file : List.of(weights, "reward_normalisation.json", "training_state/optimizer.safetensors")) {
            assertThat(Files.readAllBytes(checkpoint(parts).resolve(file)))
                    .as(file)
                    .isEqualTo(Files.readAllBytes(checkpoint(whole).resolve(file)));
        }
        assertThat(metrics(parts)).isEqualTo(metrics(whole));
    }

    private static List<Metrics.Row> metrics(RewardConfig config) {
        return Metrics.read(new RunFiles(config.output()).metrics()).stream()
                .map(row -> {
                    Map<String, Double> values = new LinkedHashMap<>(row.values());
                    List.of(Metrics.TOKENS_PER_SECOND, Metrics.STEP_SECONDS, Metrics.PEAK_RSS)
                            .forEach(values::remove);
                    return new Metrics.Row(row.step(), values);
                })
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora=", "lora.rank=4"})
    void whatKeepsItsLanguageIsARewardModelToo(String lora) {
        RewardConfig config = config(
                "run", lora, "language_modelling=0.1", "data.eval_count=20", "max_steps=40", "learning_rate=1e-2");
        Map<String, Double> metrics = lastEvaluation(train(config, false, -1));
        assertThat(metrics.get("eval/accuracy")).isGreaterThan(0.6);
        try (Scope scope = Scope.open();
                RewardModel model = RewardModel.load(config.output(), DType.FLOAT32, Device.CPU)) {
            assertThat(evaluated(model, data(config, model)).logLoss())
                    .isCloseTo(metrics.get("eval/log_loss"), within(1e-4));
        }
    }

    @Test
    void whetherTextsHaveATemplateIsKeptWithoutDemonstrationsToo() {
        RewardConfig config = config("run", "normalise_examples=0", "data.chat=false", "max_steps=1");
        train(config, false, -1);
        try (Scope scope = Scope.open();
                RewardModel model = RewardModel.load(config.output(), DType.FLOAT32, Device.CPU)) {
            assertThat(model.renderer()).isEmpty();
            assertThat(model.normalised(1.5)).isEqualTo(1.5);
        }
    }

    @Test
    void accumulatingTwoTimesTwoIsOneTimesFour() {
        List<Metrics.Row> parts = run("parts", "batch_size=2", "gradient_accumulation=2");
        List<Metrics.Row> whole = run("whole", "batch_size=4");
        for (int i = 0; i < whole.size(); i++) {
            assertThat(parts.get(i).values().get("loss"))
                    .isCloseTo(whole.get(i).values().get("loss"), within(1e-4));
        }
    }

    private List<Metrics.Row> run(String name, String... overrides) {
        RewardConfig config = config(name, overrides);
        train(config, false, -1);
        return metrics(config);
    }

    @Test
    void adaptersOfRewardModelsLoadOnTheirBase() throws IOException {
        RewardConfig config = config("run", "lora.rank=4", "data.eval_count=20", "max_steps=40", "learning_rate=2e-2");
        Map<String, Double> metrics = lastEvaluation(train(config, false, -1));
        assertThat(metrics.get("eval/accuracy")).isGreaterThan(0.6);
        assertThat(Files.readString(checkpoint(config).resolve("adapter_config.json")))
                .contains("SEQ_CLS", "score");
        try (Scope scope = Scope.open();
                RewardModel model = RewardModel.load(config.output(), DType.FLOAT32, Device.CPU)) {
            assertThat(model.normalised(0)).isNotZero();
            assertThat(model.loaded().model().scoreWeight().value().abs().sum().item())
                    .isPositive();
        }
    }
}
