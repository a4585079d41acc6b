package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Configuration;
import org.align4j.data.PackedBatch;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.error.AlignException;
import org.align4j.loss.preference.Dpo;
import org.align4j.loss.preference.PlackettLuce;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.train.Resume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class OnlineTrainerTest {
    private static final String EVEN_BYTES =
            "rewards=[{type: java, name: \"" + GrpoTrainerTest.EvenBytes.class.getName() + "\"}]";

    @TempDir
    Path folder;

    /// 1 for an answer that begins with a lower-case letter, else 0.
    public static final class Lowercase implements RewardFunction {
        @Override
        public double[] of(List<Attempt> attempts) {
            return attempts.stream()
                    .mapToDouble(attempt -> worth(attempt.response()))
                    .toArray();
        }

        static double worth(String text) {
            return !text.isEmpty() && text.charAt(0) >= 'a' && text.charAt(0) <= 'z' ? 1 : 0;
        }
    }

    /// Hardly ever the same of two answers.
    public static final class AverageByte implements RewardFunction {
        @Override
        public double[] of(List<Attempt> attempts) {
            return attempts.stream()
                    .mapToDouble(attempt -> attempt.response()
                            .chars()
                            .asDoubleStream()
                            .map(Math::sqrt)
                            .average()
                            .orElse(0))
                    .toArray();
        }
    }

    @BeforeEach
    void makeModelAndPrompts() throws IOException {
        PolicyRuns.prepare(folder);
    }

    private OnlineConfig config(String name, String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("prompts.jsonl") + "]",
                EVEN_BYTES,
                "precision=fp32",
                "rollout.prompts=4",
                "rollout.max_new_tokens=6",
                "iterations=3",
                "learning_rate=1e-2"));
        all.addAll(List.of(overrides));
        return Configuration.of(OnlineConfig.class, all);
    }

    private static List<RunEvent> train(OnlineConfig config) {
        List<RunEvent> events = new ArrayList<>();
        OnlineTrainer.run(config, Resume.FRESH, events::add, Interruption.manual());
        return events;
    }

    private static List<Metrics.Row> metrics(OnlineConfig config) {
        return PolicyRuns.metrics(config.output());
    }

    private static double mean(List<Metrics.Row> rows, String name) {
        return rows.stream()
                .mapToDouble(row -> row.values().get(name))
                .average()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference.renewed=false", "reference.renewed=true", "exploration=1e-4", "loss.type=ipo"})
    void theRewardRises(String setting) {
        OnlineConfig config = config("run", setting, "iterations=40", "rollout.prompts=8");
        train(config);
        List<Metrics.Row> rows = metrics(config);
        assertThat(rows.getFirst().values().get("samples/kl")).isCloseTo(0, within(1e-3));
        assertThat(mean(rows.subList(rows.size() - 5, rows.size()), "reward"))
                .isGreaterThan(mean(rows.subList(0, 5), "reward") + 0.1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "epochs=2 minibatches=2 rollout.group_size=4 comparing.pairs=all",
                "exploration=0.01 epochs=2",
                "lora.rank=2 exploration=0.01",
                "reference.renewed=true comparing.soft=true data.eval_count=2 eval_every=2 epochs=2",
                "loss.type=bco precision=bf16 lean=true max_tokens=40",
                "loss.type=simpo comparing.missing_end_penalty=1 rollout.resample=1",
                "lora.rank=2 lora.dropout=0.5 epochs=2",
            })
    void resumedEqualsUninterrupted(String settings) throws IOException {
        String[] overrides = (settings + " save_every=1").split(" ");
        OnlineConfig whole = config("whole", overrides);
        OnlineConfig parts = config("parts", overrides);
        train(whole);
        PolicyRuns.inParts(
                (resume, listener, interruption) -> OnlineTrainer.run(parts, resume, listener, interruption),
                whole.iteration().totalSteps(),
                settings.hashCode());
        assertThat(weights(parts)).isEqualTo(weights(whole));
        assertThat(metrics(parts)).isEqualTo(metrics(whole));
    }

    private static byte[] weights(OnlineConfig config) throws IOException {
        return PolicyRuns.weights(config.output(), config.lora().isPresent());
    }

    @Test
    void accumulatedMicroBatchesEqualOneBatch() throws IOException {
        OnlineConfig one = config("one", "exploration=0.01", "iterations=1", "max_tokens=100000");
        OnlineConfig many = config("many", "exploration=0.01", "iterations=1", "max_tokens=1");
        train(one);
        train(many);
        for (String name : List.of("loss", "grad_norm", "rewards/margins", "loss/exploration")) {
            assertThat(metrics(many).getFirst().values().get(name))
                    .as(name)
                    .isCloseTo(metrics(one).getFirst().values().get(name), within(1e-4));
        }
    }

    /// Answers of one token can be listed. With labels of Bradley and Terry the loss is least where
    /// β Δ is the difference of rewards for every pair: at π_ref exp(r/β)/Z.
    @Test
    void findsTheOptimumOfTheKnownReward() throws IOException {
        Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\": \"Q\"}\n");
        double beta = 0.5;
        OnlineConfig config = config(
                "run",
                "rewards=[{type: java, name: \"" + Lowercase.class.getName() + "\"}]",
                "loss.beta=" + beta,
                "comparing={pairs: all, soft: true}",
                "rollout.prompts=1",
                "rollout.group_size=24",
                "rollout.max_new_tokens=1",
                "iterations=250",
                "schedule=linear",
                "data.chat=false");
        train(config);
        double[] reference = distribution(config.model());
        double[] learned = distribution(PolicyRuns.newest(config.output()));
        double[] optimum = new double[reference.length];
        double z = 0;
        for (int token = 0; token < reference.length; token++) {
            double reward = token < 256 ? Lowercase.worth(String.valueOf((char) token)) : 0;
            optimum[token] = reference[token] * Math.exp(reward / beta);
            z += optimum[token];
        }
        double learnedDistance = 0;
        double referenceDistance = 0;
        for (int token = 0; token < reference.length; token++) {
            learnedDistance += Math.abs(learned[token] - optimum[token] / z) / 2;
            referenceDistance += Math.abs(reference[token] - optimum[token] / z) / 2;
        }
        assertThat(referenceDistance).isGreaterThan(0.2);
        assertThat(learnedDistance).isLessThan(0.05);
    }

    /// π(· | Q) over all tokens.
    private static double[] distribution(Path path) {
        try (Scope scope = Scope.open();
                LoadedModel loaded = LoadedModel.load(path, DType.FLOAT32, Device.CPU, false)) {
            int[] prompt = loaded.tokenizer().encodePrompt("Q");
            List<TokenizedExample> all = IntStream.range(
                            0, loaded.model().architecture().vocabularySize())
                    .mapToObj(token -> {
                        int[] tokens = Arrays.copyOf(prompt, prompt.length + 1);
                        tokens[prompt.length] = token;
                        boolean[] mask = new boolean[tokens.length];
                        mask[prompt.length] = true;
                        return new TokenizedExample(tokens, mask, Source.memory(token));
                    })
                    .toList();
            try (Tape tape = loaded.model().forward(PackedBatch.of(all), Wanted.logps(), Recording.NONE)) {
                float[] logps = tape.logps().toFloats();
                return IntStream.range(0, logps.length)
                        .mapToDouble(i -> Math.exp(logps[i]))
                        .toArray();
            }
        }
    }

    @Test
    void explorationMakesTheReferencesAnswersLessLikely() {
        OnlineConfig config =
                config("run", "rewards=[{type: regex, pattern: \"^\"}]", "exploration=1", "iterations=1", "epochs=8");
        train(config);
        List<Metrics.Row> rows = metrics(config);
        assertThat(rows)
                .allSatisfy(row ->
                        assertThat(row.values()).containsEntry("pairs", 0.0).doesNotContainKey("rewards/chosen"));
        assertThat(rows.getLast().values().get("loss/exploration"))
                .isLessThan(rows.getFirst().values().get("loss/exploration") - 1);
    }

    @Test
    void equalAnswersChangeNothingAndAreTold() {
        OnlineConfig config = config("run", "rewards=[{type: regex, pattern: \"^\"}]", "iterations=5");
        List<RunEvent> events = train(config);
        assertThat(events.getLast()).isEqualTo(new RunEvent.Finished(5));
        assertThat(events)
                .anyMatch(event -> event instanceof RunEvent.Warned(String message)
                        && message.startsWith("the rewards that are compared have been equal for 5 iterations"));
        assertThat(metrics(config))
                .allSatisfy(
                        row -> assertThat(row.values().get(Metrics.GRAD_NORM)).isZero());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rollout.group_size=1",
                "exploration=1 rollout.group_size=4",
                "exploration=1 reference.renewed=true",
                "exploration=1 loss.type=simpo",
                "minibatches=3",
                "exploration=-1",
                "loss=aot comparing.soft=true",
                "loss=plackett_luce comparing.soft=true",
                "comparing.missing_end_penalty=-1",
                "reference.renewed=true reference.model=x",
            })
    void refusesWhatCannotWork(String settings) {
        assertThatThrownBy(() -> config("run", settings.split(" "))).isInstanceOf(AlignException.Config.class);
    }

    /// All answers are worth the same but for the penalty of those that were cut off.
    @Test
    void groupsThatOnlyThePenaltyTellsApartAreNotDrawnAgain() {
        String[] settings = {
            "rewards=[{type: regex, pattern: \"^\"}]",
            "rollout.resample=1",
            "rollout.stop_strings=[a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z]",
            "iterations=1"
        };
        assertThat(resampled("equal", settings)).isEqualTo(4);
        String[] penalised = Arrays.copyOf(settings, settings.length + 1);
        penalised[settings.length] = "comparing.missing_end_penalty=1";
        assertThat(resampled("penalised", penalised)).isLessThan(4);
    }

    private double resampled(String name, String... settings) {
        OnlineConfig config = config(name, settings);
        train(config);
        return metrics(config).getFirst().values().get("resampled_groups");
    }

    /// To one prompt; the last is cut off.
    private static Experience fourAnswers() {
        return new Experience(
                new int[] {0},
                IntStream.range(0, 4)
                        .mapToObj(i -> org.align4j.rl.Rollout.answer(
                                new int[] {1}, new int[] {2 + i}, new float[1], i != 3, "text"))
                        .toList(),
                new double[1][4],
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    @Test
    void rankingsAreBestFirstAndWithoutTies() {
        Experience drawn = fourAnswers();
        Comparing all = new Comparing(Comparing.Pairing.ALL, false, 0);
        PreferenceLoss loss = new PlackettLuce(0.1);
        ComparedGroup ranked = ComparedGroup.of(drawn, new double[] {1, Double.NaN, 3, 2}, all, loss, false)
                .getFirst();
        assertThat(ranked.rollouts()).containsExactly(2, 3, 0);
        assertThat(ranked.group().outputs().getFirst().tokens()).endsWith(4);
        assertThat(ranked.group().pairs()).allMatch(pair -> pair.chosen() < pair.rejected());
        assertThat(ranked.group().units(loss)).isEqualTo(1);
        ComparedGroup tied = ComparedGroup.of(drawn, new double[] {1, 1, 3, 2}, all, loss, false)
                .getFirst();
        assertThat(tied.rollouts()).isEmpty();
        assertThat(tied.group().units(loss)).isZero();
    }

    @Test
    void rankingsOfAnIterationAreAveraged() {
        OnlineConfig config = config(
                "run",
                "loss=plackett_luce",
                "comparing.pairs=all",
                "rollout.group_size=3",
                "iterations=2",
                "rewards=" + "[{type: java, name: \"" + AverageByte.class.getName() + "\"}]");
        train(config);
        // three equal answers have 3! orders
        assertThat(metrics(config).getFirst().values().get("loss")).isCloseTo(Math.log(6), within(1e-3));
    }

    @Test
    void metricsWithExplorationAreThePolicys() throws IOException {
        OnlineConfig config = config("run", "exploration=1e-4", "iterations=1", "sample_every=1");
        train(config);
        List<String> lines = Files.readAllLines(config.output().resolve("samples.jsonl"));
        assertThat(lines).hasSize(8);
        assertThat(lines.get(1)).contains("reference");
        double mean = lines.stream()
                .filter(line -> !line.contains("\"reference\""))
                .mapToDouble(line -> Double.parseDouble(
                        JsonMapper.shared().readTree(line).path("reward").asString("")))
                .average()
                .orElseThrow();
        assertThat(metrics(config).getFirst().values().get("reward")).isCloseTo(mean, within(1e-3));
    }

    @Test
    void unknownRewardsAreComparedWithNothing() {
        Experience drawn = fourAnswers();
        double[] worths = {1, Double.NaN, 3, 5};
        ComparedGroup extremes = ComparedGroup.of(
                        drawn, worths, new Comparing(Comparing.Pairing.BEST_WORST, false, 4.5), Dpo.of(0.1), false)
                .getFirst();
        // the last answer was cut off: it is worth 5 − 4.5
        assertThat(extremes.rollouts()).containsExactly(2, 3);
        assertThat(extremes.group().pairs().getFirst().chosen()).isZero();
        ComparedGroup all = ComparedGroup.of(
                        drawn, worths, new Comparing(Comparing.Pairing.ALL, true, 0), Dpo.of(0.1), false)
                .getFirst();
        assertThat(all.rollouts()).containsExactly(0, 2, 3);
        assertThat(all.group().pairs()).hasSize(3);
        assertThat(all.group().pairs().getFirst().probability()).isCloseTo(1 / (1 + Math.exp(-2)), within(1e-12));
    }
}
