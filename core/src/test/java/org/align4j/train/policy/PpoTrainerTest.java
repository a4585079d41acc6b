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
import java.util.Map;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.model.Heads;
import org.align4j.peft.ModelLoading;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Resume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PpoTrainerTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeModelAndPrompts() throws IOException {
        PolicyRuns.prepare(folder);
    }

    private PpoConfig config(String name, String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("prompts.jsonl") + "]",
                "rewards=[{type: java, name: \"" + GrpoTrainerTest.EvenBytes.class.getName() + "\"}]",
                "precision=fp32",
                "rollout.prompts=8",
                "rollout.max_new_tokens=6",
                "iterations=2",
                "epochs=2",
                "learning_rate=1e-2"));
        all.addAll(List.of(overrides));
        return Configuration.of(PpoConfig.class, all);
    }

    private static List<RunEvent> train(PpoConfig config) {
        List<RunEvent> events = new ArrayList<>();
        PpoTrainer.run(config, Resume.FRESH, events::add, Interruption.manual());
        return events;
    }

    private static List<Metrics.Row> metrics(PpoConfig config) {
        return PolicyRuns.metrics(config.output());
    }

    @Test
    void theFirstUpdateHasRatioOneAndNoKl() {
        PpoConfig config = config("run");
        train(config);
        Map<String, Double> first = metrics(config).getFirst().values();
        assertThat(first.get("ratio_step/max")).isLessThan(1e-5);
        assertThat(first.get("objective/kl")).isCloseTo(0, within(1e-5));
        assertThat(first.get("val/clipfrac_avg")).isZero();
        assertThat(first.get("sampler_difference/max")).isLessThan(1e-4);
    }

    @Test
    void theRewardRises() {
        PpoConfig config = config(
                "learning",
                "iterations=30",
                "rollout.prompts=32",
                "loss.beta=0.01",
                "max_tokens=300",
                "data.shuffle=false");
        train(config);
        List<Metrics.Row> rows = metrics(config);
        double before = rows.getFirst().values().get("reward");
        double after = rows.subList(rows.size() - 6, rows.size()).stream()
                .mapToDouble(row -> row.values().get("reward"))
                .average()
                .orElseThrow();
        assertThat(after).isGreaterThan(before + 0.2);
        assertThat(rows.getLast().values().get("loss/value_avg"))
                .isLessThan(rows.getFirst().values().get("loss/value_avg") / 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "minibatches=2",
                "loss.kl_target=0.5 loss.kl_horizon=20 loss.normalise_scores=true loss.whiten_rewards=true",
                "lora.rank=2 precision=bf16 lean=true",
                "loss.beta=0 loss.missing_eos_penalty=1 loss.score_clip=0.5 rollout.group_size=2 max_tokens=40",
                "loss.stop_kl=1e-4 loss.kl_target=0.5 epochs=3",
                "shared=true lora.rank=2 precision=bf16",
                "ptx.data.train=[SUMS] ptx.coefficient=0.5 ptx.batch_size=3",
                "lora.rank=2 lora.dropout=0.5 max_tokens=40",
            })
    void resumedEqualsUninterrupted(String settings) throws IOException {
        Path sums = TinyModelFolder.sums(folder.resolve("sums.jsonl"), 7, 1);
        String[] overrides = (settings.replace("SUMS", sums.toString()) + " save_every=1").split(" ");
        PpoConfig whole = config("whole", overrides);
        PpoConfig parts = config("parts", overrides);
        train(whole);
        PolicyRuns.inParts(
                (resume, listener, interruption) -> PpoTrainer.run(parts, resume, listener, interruption),
                whole.iteration().totalSteps(),
                settings.hashCode());
        String weights = whole.lora().isPresent() ? "adapter_model.safetensors" : "model.safetensors";
        for (String file : List.of(weights, "value/" + (whole.shared() ? "score.safetensors" : weights))) {
            assertThat(Files.readAllBytes(PolicyRuns.newest(parts.output()).resolve(file)))
                    .as(file)
                    .isEqualTo(
                            Files.readAllBytes(PolicyRuns.newest(whole.output()).resolve(file)));
        }
        assertThat(metrics(parts)).isEqualTo(metrics(whole));
    }

    @Test
    void adaptiveBetaIsUsedFromTheNextIterationOn() {
        PpoConfig config = config("run", "loss.kl_target=100", "loss.kl_horizon=10", "loss.beta=0.1");
        train(config);
        List<Double> betas =
                metrics(config).stream().map(row -> row.values().get("beta")).toList();
        // far below the target: β (1 − .2 · 8 / 10)
        assertThat(betas.subList(0, 2)).containsOnly(0.1);
        assertThat(betas.get(2)).isCloseTo(0.1 * (1 - 0.2 * 8 / 10), within(1e-9));
    }

    @Test
    void anIterationEndsWhereThePolicyHasMovedTooFar() {
        PpoConfig config = config("run", "loss.stop_kl=1e-6", "epochs=3");
        train(config);
        // the first update of an iteration is always near; the second would start too far away
        assertThat(metrics(config).stream()
                        .map(row -> row.values().containsKey("early_stop"))
                        .toList())
                .containsExactly(false, true, true, false, true, true);
    }

    @Test
    void mixedInExamplesBecomeLikelier() throws IOException {
        Path sums = TinyModelFolder.sums(folder.resolve("sums.jsonl"), 4, 1);
        PpoConfig config =
                config("run", "ptx.data.train=[" + sums + "]", "ptx.batch_size=4", "ptx.coefficient=2", "iterations=8");
        train(config);
        List<Metrics.Row> rows = metrics(config);
        Map<String, Double> first = rows.getFirst().values();
        assertThat(rows.getLast().values().get("loss/ptx_avg")).isLessThan(first.get("loss/ptx_avg") - 0.3);
        assertThat(first.get(Metrics.LOSS))
                .isCloseTo(
                        first.get("loss/policy_avg")
                                + 0.1 * first.get("loss/value_avg")
                                + 2 * first.get("loss/ptx_avg"),
                        within(1e-6));
    }

    @Test
    void oneModelIsPolicyValuesAndReference() throws IOException {
        PpoConfig config = config(
                "run", "shared=true", "lora.rank=4", "iterations=12", "loss.value_coefficient=1", "reward_weights=[4]");
        train(config);
        List<Metrics.Row> rows = metrics(config);
        Map<String, Double> first = rows.getFirst().values();
        assertThat(first.get("ratio_step/max")).isLessThan(1e-5);
        assertThat(first.get("objective/kl")).isCloseTo(0, within(1e-5));
        assertThat(rows.getLast().values().get("loss/value_avg")).isLessThan(first.get("loss/value_avg") / 2);
        // the adapter is the policy's alone, to be used as any other
        Path saved = PolicyRuns.newest(config.output());
        assertThat(Files.readString(saved.resolve("adapter_config.json"))).contains("CAUSAL_LM");
        try (Scope scope = Scope.open();
                LoadedModel policy = ModelLoading.load(saved, DType.FLOAT32, Device.CPU, Heads.LANGUAGE)) {
            assertThat(policy.model().architecture().outputs()).isEqualTo(Heads.LANGUAGE);
        }
    }

    /// What nobody learns from: the share of odd bytes.
    public static final class OddBytes implements RewardFunction {
        @Override
        public double[] of(List<Attempt> attempts) {
            return Arrays.stream(new GrpoTrainerTest.EvenBytes().of(attempts))
                    .map(even -> 1 - even)
                    .toArray();
        }
    }

    @Test
    void goldIsMeasuredOnHeldOutPromptsAndChoosesTheBest() throws IOException {
        PpoConfig config = config(
                "run",
                "data.eval_count=3",
                "eval_every=2",
                "iterations=3",
                "gold_reward={type: java, name: \"" + OddBytes.class.getName() + "\"}",
                "keep_best=gold_reward");
        train(config);
        List<Metrics.Row> evaluated = metrics(config).stream()
                .filter(row -> row.values().containsKey(Metrics.EVAL_GOLD_REWARD))
                .toList();
        assertThat(evaluated.stream().map(Metrics.Row::step)).containsExactly(0L, 2L, 4L, 6L);
        assertThat(evaluated.getFirst().values().get(Metrics.EVAL_KL)).isCloseTo(0, within(1e-5));
        for (Metrics.Row row : evaluated) {
            assertThat(row.values().get(Metrics.EVAL_LOSS))
                    .isEqualTo(-row.values().get(Metrics.EVAL_GOLD_REWARD));
            assertThat(row.values().get(Metrics.EVAL_REWARD) + row.values().get(Metrics.EVAL_GOLD_REWARD))
                    .isCloseTo(1, within(1e-9));
        }
        assertThat(Files.readString(new RunFiles(config.output()).report()))
                .contains("eval/reward by the KL from the reference", "eval/gold_reward by the KL from the reference");
    }

    @Test
    void aRewardThatFailsLosesNothing() throws IOException {
        String failing = "rewards=[" + FailingReward.RULE + "]";
        PpoConfig whole = config("whole", failing);
        FailingReward.failAfter(100);
        train(whole);
        PpoConfig failed = config("failed", failing);
        FailingReward.failAfter(1);
        assertThatThrownBy(() -> train(failed))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("no answer");
        assertThat(PolicyRuns.newest(failed.output())).hasFileName("step-2");
        FailingReward.failAfter(100);
        PpoTrainer.run(failed, Resume.EXACT, event -> {}, Interruption.manual());
        assertThat(PolicyRuns.weights(failed.output(), false)).isEqualTo(PolicyRuns.weights(whole.output(), false));
    }

    @Test
    void singleAnswersAreComparedWithThoseToOtherPrompts() {
        PpoConfig config = config("run");
        train(config);
        Map<String, Double> first = metrics(config).getFirst().values();
        assertThat(first.get("reward_std")).isPositive();
        assertThat(first).containsEntry("frac_reward_zero_std", 0.0);
    }

    @Test
    void theOnlyAnswerIsComparedWithNothing() {
        PpoConfig config = config("run", "rollout.prompts=1", "iterations=5", "epochs=1");
        assertThat(train(config))
                .noneMatch(event -> event instanceof RunEvent.Warned(String message)
                        && message.startsWith("the rewards that are compared"));
        assertThat(metrics(config).getFirst().values())
                .containsKeys("reward", "rewards/java/mean")
                .doesNotContainKeys("frac_reward_zero_std", "rewards/java/frac_zero_std");
    }

    @Test
    void equalRewardsAreToldAcrossAResume() {
        PpoConfig config =
                config("run", "rewards=[{type: regex, pattern: \"^\"}]", "loss.beta=0", "iterations=5", "epochs=1");
        List<RunEvent> events = new ArrayList<>();
        PolicyRuns.inParts(
                (resume, listener, interruption) -> PpoTrainer.run(
                        config,
                        resume,
                        event -> {
                            events.add(event);
                            listener.on(event);
                        },
                        interruption),
                5,
                1);
        assertThat(events)
                .filteredOn(event -> event instanceof RunEvent.Warned(String message)
                        && message.startsWith("the rewards that are compared have been equal for 5 iterations"))
                .hasSize(1);
        // without a reference nothing is known of a KL
        assertThat(metrics(config)).allSatisfy(row -> assertThat(row.values()).doesNotContainKey("objective/kl"));
    }

    @Test
    void aValueModelThatReadsOtherTokensIsRefused() throws IOException {
        Path other = TinyModelFolder.save(folder.resolve("other"), 2);
        Path tokenizer = other.resolve("tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"<s>\"", "\"<S>\""));
        assertThatThrownBy(() -> train(config("run", "value_model=" + other)))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("value_model: the vocabulary of " + other);
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> config("run", "shared=true")).hasMessageContaining("shared: needs lora");
        assertThatThrownBy(() -> config("run", "gold_reward={type: gold}"))
                .hasMessageContaining("measured on held-out prompts");
        assertThatThrownBy(() -> config("run", "keep_best=gold_reward")).hasMessageContaining("needs a gold_reward");
        assertThatThrownBy(() -> config("run", "loss.beta=-1")).hasMessageContaining("beta must be ≥ 0");
        assertThatThrownBy(() -> config("run", "minibatches=3")).hasMessageContaining("don't divide the 8 answers");
        // right for 8 answers, though not for the default 64
        assertThatThrownBy(() -> config("run", "minibatches=3", "loss={kl_target: 1, kl_horizon: 20}"))
                .hasMessageContaining("don't divide")
                .hasMessageNotContaining("kl_horizon");
        assertThatThrownBy(() -> config("run", "rewards=[environment]"))
                .hasMessageContaining("only grpo talks with one");
        assertThatThrownBy(() -> train(config("run", "rollout.max_new_tokens=300")))
                .hasMessageContaining("leave no room for a prompt in the model's 256 positions");
        assertThatThrownBy(() -> config("run", "loss.beta=0", "loss.kl_target=1"))
                .hasMessageContaining("kl_target");
        assertThatThrownBy(() -> config("run", "loss.gamma=2")).hasMessageContaining("gamma");
        assertThatThrownBy(() -> config("run", "loss.epsilon=2")).hasMessageContaining("epsilon must be in [0, 1]");
        assertThatThrownBy(() -> config("run", "loss.value_clip=-1")).hasMessageContaining("value_clip must be ≥ 0");
        assertThatThrownBy(() -> config("run", "loss.dual_clip=0.5")).hasMessageContaining("dual_clip must be > 1");
        assertThatThrownBy(() -> config("run", "loss.kl_target=1", "loss.kl_horizon=1.6"))
                .hasMessageContaining("kl_horizon must be more than a fifth of the answers")
                .hasMessageContaining("got 1.6 for 8");
        assertThat(config("run", "loss.kl_target=1", "loss.kl_horizon=1.7")
                        .loss()
                        .klHorizon())
                .isEqualTo(1.7);
        assertThatThrownBy(() -> config("run", "rollout.resample=1")).hasMessageContaining("needs group_size ≥ 2");
    }
}
