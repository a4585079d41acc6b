package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.align4j.config.Configuration;
import org.align4j.data.Message;
import org.align4j.error.AlignException;
import org.align4j.rl.Rollout;
import org.align4j.rl.environment.Environment;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.rl.reward.StepReward;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.train.Resume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class GrpoTrainerTest {
    @TempDir
    Path folder;

    /// The share of bytes of an answer that are even: a random model gets half of it.
    public static final class EvenBytes implements RewardFunction {
        @Override
        public double[] of(List<Attempt> attempts) {
            return attempts.stream()
                    .mapToDouble(attempt ->
                            attempt.response().chars().filter(c -> c % 2 == 0).count()
                                    / (double) Math.max(1, attempt.tokens()))
                    .toArray();
        }
    }

    /// Answers are two steps, of which the first is worth its even bytes.
    public static final class Halves implements StepReward {
        @Override
        public List<List<Step>> of(List<Attempt> attempts) {
            return attempts.stream().map(Halves::steps).toList();
        }

        private static List<Step> steps(Attempt attempt) {
            int length = attempt.response().length();
            return length < 2
                    ? List.of()
                    : List.of(
                            new Step(length / 2, attempt.response().charAt(0) % 2 == 0 ? 1 : 0), new Step(length, 0.5));
        }
    }

    /// Says how long the answer was, and ends with the first answer of more than three characters.
    public static final class Echo implements Environment {
        @Override
        public Step step(Turn turn) {
            int length = turn.conversation().messages().getLast().content().length();
            return length > 3 ? Step.done(1) : Step.observed(Message.user("only " + length + "?"));
        }
    }

    @BeforeEach
    void makeModelAndPrompts() throws IOException {
        PolicyRuns.prepare(folder);
    }

    private GrpoConfig config(String name, String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("prompts.jsonl") + "]",
                "rewards=[{type: java, name: \"" + EvenBytes.class.getName() + "\"}]",
                "precision=fp32",
                "rollout.prompts=2",
                "rollout.group_size=4",
                "rollout.max_new_tokens=6",
                "iterations=3",
                "learning_rate=1e-2"));
        all.addAll(List.of(overrides));
        return Configuration.of(GrpoConfig.class, all);
    }

    private static List<RunEvent> train(GrpoConfig config) {
        List<RunEvent> events = new ArrayList<>();
        GrpoTrainer.run(config, Resume.FRESH, events::add, Interruption.manual());
        return events;
    }

    private static List<Metrics.Row> metrics(GrpoConfig config) {
        return PolicyRuns.metrics(config.output());
    }

    private static double first(GrpoConfig config, String name) {
        return metrics(config).getFirst().values().get(name);
    }

    @Test
    void theFirstUpdateHasRatioOneAndNoKl() {
        for (String updates : List.of("epochs=1", "epochs=2")) {
            GrpoConfig config = config(updates, updates);
            train(config);
            assertThat(first(config, "ratio_step/max")).isLessThan(1e-5);
            assertThat(first(config, "kl")).isCloseTo(0, within(1e-6));
            assertThat(first(config, "sampler_difference/max")).isLessThan(1e-4);
            assertThat(first(config, "completions/max_length")).isLessThanOrEqualTo(6);
        }
    }

    @Test
    void theRewardRises() {
        GrpoConfig config = config(
                "learning",
                "iterations=40",
                "rollout.prompts=4",
                "rollout.group_size=8",
                "loss.beta=0",
                "data.eval_count=3");
        train(config);
        List<Metrics.Row> rows = metrics(config);
        double before = rows.subList(1, 6).stream()
                .mapToDouble(row -> row.values().get("reward"))
                .average()
                .orElseThrow();
        double after = rows.subList(rows.size() - 5, rows.size()).stream()
                .mapToDouble(row -> row.values().get("reward"))
                .average()
                .orElseThrow();
        assertThat(after).isGreaterThan(before + 0.25);
        assertThat(rows.getLast().values())
                .containsKeys("eval/reward", "eval/loss")
                .doesNotContainKey("kl");
    }

    @ParameterizedTest
    @EnumSource(GrpoLossConfig.Variant.class)
    void everyVariantTrains(GrpoLossConfig.Variant variant) {
        GrpoConfig config = config("run", "loss.variant=" + variant, "epochs=2", "minibatches=2", "iterations=1");
        List<RunEvent> events = train(config);
        assertThat(events.getLast()).isEqualTo(new RunEvent.Finished(4));
        assertThat(metrics(config))
                .allSatisfy(row -> assertThat(row.values().values())
                        .allSatisfy(value -> assertThat(value).isFinite()));
        assertThat(first(config, Metrics.GRAD_NORM)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "epochs=2 minibatches=2",
                "precision=bf16 lean=true max_tokens=20",
                "lora.rank=2 epochs=2",
                "loss.beta=0 loss.importance_cap=2 data.eval_count=2 eval_every=2",
                "loss.variant=rloo rollout.resample=1",
                "reference_every=1 epochs=2 precision=bf16 data.eval_count=2 eval_every=1 eval_temperature=1",
                "process={\"type\":\"java\",\"name\":\"org.align4j.train.policy.GrpoTrainerTest$Halves\"} epochs=2",
                "environment={\"type\":\"java\",\"name\":\"org.align4j.train.policy.GrpoTrainerTest$Echo\"} max_turns=3",
            })
    void resumedEqualsUninterrupted(String settings) throws IOException {
        String[] overrides = (settings + " save_every=1").split(" ");
        GrpoConfig whole = config("whole", overrides);
        GrpoConfig parts = config("parts", overrides);
        train(whole);
        PolicyRuns.inParts(
                (resume, listener, interruption) -> GrpoTrainer.run(parts, resume, listener, interruption),
                whole.iteration().totalSteps(),
                settings.hashCode());
        assertThat(weights(parts)).isEqualTo(weights(whole));
        assertThat(metrics(parts)).isEqualTo(metrics(whole));
    }

    /// What the policy was told is part of what it goes on from, but not of what it learns: sampler
    /// and learner agree about its own tokens.
    @Test
    void talksAreLearnedWithoutWhatWasObserved() throws IOException {
        GrpoConfig config = config(
                "run",
                "environment={type: java, name: " + Echo.class.getName() + "}",
                "rewards=[{type: environment}, {type: java, name: " + EvenBytes.class.getName() + "}]",
                "rollout.max_new_tokens=4",
                "rollout.group_size=16",
                "data.eval_count=2",
                "epochs=2",
                "iterations=2");
        train(config);
        Metrics.Row row = metrics(config).get(1);
        assertThat(metrics(config).getFirst().values()).containsKey("eval/reward");
        assertThat(row.values().get("completions/mean_turns")).isBetween(1.01, 3.99);
        assertThat(row.values().get("completions/max_length")).isLessThanOrEqualTo(4 * 4);
        assertThat(row.values().get("sampler_difference/max")).isLessThan(1e-4);
        assertThat(row.values().get("ratio_step/max")).isLessThan(1e-5);
        assertThat(row.values().get("rewards/environment/mean")).isBetween(0.0, 1.0);
        Experience drawn = new ExperienceFiles(config.output()).read(0).orElseThrow();
        Rollout talk = drawn.rollouts().stream()
                .filter(rollout -> rollout.turns() > 1)
                .findFirst()
                .orElseThrow();
        assertThat(talk.samplerLogps()).hasSize(talk.drawnTokens()).hasSizeLessThan(talk.tokens().length);
        assertThat(drawn.old().orElseThrow()[drawn.rollouts().indexOf(talk)]).hasSize(talk.drawnTokens());
        assertThat(talk.text()).contains("\n[user] only ");
    }

    @Test
    void stepsGiveTheirOwnTokensAdvantages() {
        String halves = "process={type: java, name: " + Halves.class.getName() + "}";
        GrpoConfig config = config(
                "run",
                halves,
                "rewards=[{type: regex, pattern: \"^\"}]",
                "loss.beta=0",
                "rollout.group_size=8",
                "iterations=1");
        train(config);
        assertThat(first(config, "frac_reward_zero_std")).isEqualTo(1);
        assertThat(first(config, Metrics.GRAD_NORM))
                .as("steps differ, outcomes don't")
                .isPositive();
        assertThat(first(config, "process/mean_steps")).isBetween(0.5, 2.0);
        Experience drawn = new ExperienceFiles(config.output()).read(0).orElseThrow();
        float[][] advantages = new GrpoAdvantages(config).of(drawn);
        for (int i = 0; i < advantages.length; i++) {
            int[] ends = drawn.steps().orElseThrow().ends()[i];
            if (ends.length == 2) {
                assertThat(ends[1]).isEqualTo(advantages[i].length - 1);
                assertThat(advantages[i][0]).isEqualTo(advantages[i][ends[0]]);
            }
        }
    }

    @Test
    void theReferenceIsRenewed() {
        GrpoConfig fixed = config("fixed", "iterations=3", "loss.kl_estimator=k3");
        GrpoConfig renewed = config("renewed", "iterations=3", "loss.kl_estimator=k3", "reference_every=1");
        train(fixed);
        train(renewed);
        assertThat(metrics(fixed).getLast().values().get("kl")).isGreaterThan(1e-4);
        assertThat(metrics(renewed).getLast().values().get("kl"))
                .as("the policy is where its reference is")
                .isCloseTo(0, within(1e-6));
    }

    private static byte[] weights(GrpoConfig config) throws IOException {
        return PolicyRuns.weights(config.output(), config.lora().isPresent());
    }

    @Test
    void groupsWithoutSignalChangeNothing() throws IOException {
        GrpoConfig config = config("run", "rewards=[{type: regex, pattern: \"^\"}]", "loss.beta=0");
        train(config);
        assertThat(first(config, "frac_reward_zero_std")).isEqualTo(1);
        assertThat(first(config, Metrics.GRAD_NORM)).isZero();
    }

    @Test
    void samplesShowAnswersWithTheirRewards() throws IOException {
        GrpoConfig config = config("run", "sample_every=1", "iterations=1");
        train(config);
        List<String> lines = Files.readAllLines(new RunFiles(config.output()).samples());
        assertThat(lines).hasSize(8);
        assertThat(JsonMapper.shared().readTree(lines.getFirst()).propertyNames())
                .contains("prompt", "completion", "reward", "rewards/java", "advantage", "group");
    }

    @Test
    void rewardsSayWhatTheyNeed() throws IOException {
        assertThatThrownBy(() -> train(config("run", "rewards=[{type: math, column: solution}]")))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("prompts.jsonl:1")
                .hasMessageContaining("\"solution\"");
        assertThat(folder.resolve("run")).doesNotExist();
        Files.writeString(
                folder.resolve("prompts.jsonl"),
                "{\"prompt\": \"1\", \"solution\": \"7\"}\n{\"prompt\": \"2\", \"solution\": \" \"}\n"
                        + "{\"prompt\": \"3\", \"solution\": null}\n");
        assertThatThrownBy(() -> train(config("run", "rewards=[{type: math, column: solution}]")))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("prompts.jsonl:2")
                .hasMessageContaining("prompts.jsonl:3");
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> config("run", "minibatches=3")).hasMessageContaining("don't divide the");
        assertThat(config("run", "minibatches=3", "rollout.prompts=3", "rollout.group_size=3")
                        .iteration()
                        .updates())
                .isEqualTo(3);
        assertThatThrownBy(() -> config("run", "rollout.group_size=1")).hasMessageContaining("group_size must be ≥ 2");
        assertThatThrownBy(() -> config("run", "loss.beta=-1")).hasMessageContaining("beta must be ≥ 0");
        assertThatThrownBy(() -> config("run", "reference_every=2", "loss.beta=0"))
                .hasMessageContaining("reference_every renews");
        assertThatThrownBy(() -> train(config("run", "rewards=[environment]")))
                .hasMessageContaining("give environment");
        assertThatThrownBy(() -> config("run", "environment=calculator", "process=equations"))
                .hasMessageContaining("drop one of the two");
        assertThatThrownBy(() -> config("run", "environment=calculator", "data.chat=false"))
                .hasMessageContaining("need the chat template");
        assertThatThrownBy(() -> config("run", "reward_weights=[1,2]")).hasMessageContaining("2 numbers for 1 rewards");
        assertThatThrownBy(() -> train(config("run", "data.max_length=2")))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("max_length");
    }

    @Test
    void imitatingTheBestAnswersRaisesTheReward() {
        GrpoConfig config = config(
                "experts",
                "loss.variant=expert_iteration",
                "loss.beta=0",
                "iterations=12",
                "epochs=2",
                "minibatches=2",
                "rollout.prompts=4",
                "rollout.group_size=8");
        train(config);
        List<Metrics.Row> rows = metrics(config);
        assertThat(rows.getFirst().values().get("reward_best"))
                .isGreaterThan(rows.getFirst().values().get("reward"));
        assertThat(rows.subList(rows.size() - 8, rows.size()).stream()
                        .mapToDouble(row -> row.values().get("reward"))
                        .average()
                        .orElseThrow())
                .isGreaterThan(rows.getFirst().values().get("reward") + 0.1);
    }

    @Test
    void theBestOfNAreOfOneModel() {
        assertThatThrownBy(() -> config("run", "loss.variant=best_of_n")).hasMessageContaining("iterations must be 1");
        assertThatThrownBy(() -> config("run", "loss.variant=expert_iteration", "minibatches=4"))
                .hasMessageContaining("don't divide the 2 prompts");
    }
}
