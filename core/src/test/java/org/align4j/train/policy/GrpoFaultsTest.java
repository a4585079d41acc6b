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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.rl.Rollout;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Resume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong or is of no use in runs of GRPO.
class GrpoFaultsTest {
    @TempDir
    Path folder;

    /// Can't judge the two answers to held-out prompts.
    public static final class OnlyTraining implements RewardFunction {
        @Override
        public double[] of(List<Attempt> attempts) {
            if (attempts.size() == 2) {
                throw new IllegalStateException("out of order");
            }
            return attempts.stream()
                    .mapToDouble(attempt -> attempt.response().hashCode() % 2)
                    .toArray();
        }
    }

    @BeforeEach
    void makeModelAndPrompts() throws IOException {
        TinyModelFolder.save(folder.resolve("model"), 1);
        Files.writeString(
                folder.resolve("prompts.jsonl"),
                IntStream.range(0, 6)
                        .mapToObj(i -> "{\"prompt\": \"Say " + i + ": \"}\n")
                        .collect(Collectors.joining()));
    }

    private GrpoConfig config(String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve("run"),
                "data.train=[" + folder.resolve("prompts.jsonl") + "]",
                "rewards=[{type: regex, pattern: \"^[a-m]\"}]",
                "precision=fp32",
                "rollout.prompts=2",
                "rollout.group_size=4",
                "rollout.max_new_tokens=4",
                "iterations=2",
                "learning_rate=1e-2"));
        all.addAll(List.of(overrides));
        return Configuration.of(GrpoConfig.class, all);
    }

    private static List<String> warnings(GrpoConfig config) {
        List<String> warnings = new ArrayList<>();
        GrpoTrainer.run(
                config,
                Resume.FRESH,
                event -> {
                    if (event instanceof RunEvent.Warned(String message)) {
                        warnings.add(message);
                    }
                },
                Interruption.manual());
        return warnings;
    }

    private List<Metrics.Row> metrics() {
        return Metrics.read(new RunFiles(folder.resolve("run")).metrics());
    }

    @Test
    void evaluationsThatNoRewardJudgesAreToldAndPassedOver() {
        GrpoConfig config = config(
                "rewards=[{type: java, name: " + OnlyTraining.class.getName() + "}]",
                "on_reward_failure=abstain",
                "data.eval_count=2",
                "eval_every=1");
        assertThat(warnings(config)).anyMatch(message -> message.contains("out of order"));
        assertThat(metrics().getLast().step()).isEqualTo(2);
        assertThat(metrics().getLast().values())
                .doesNotContainKey(Metrics.EVAL_LOSS)
                .containsEntry(Metrics.EVAL_REWARD, Double.NaN)
                .containsKey("reward");
    }

    /// The step before it is not done anew: what was measured of it must be kept, and the reference
    /// that it was learned with, until it is evaluated.
    @Test
    void anEvaluationThatFailsLosesNothing() throws IOException {
        String[] settings = {
            "rewards=[" + FailingReward.RULE + "]",
            "reference_every=1",
            "iterations=4",
            "data.eval_count=2",
            "eval_every=1",
            "eval_temperature=1",
            "save_every=100"
        };
        FailingReward.failAfter(100);
        Path whole = folder.resolve("whole");
        GrpoTrainer.run(config(with(settings, "output=" + whole)), Resume.FRESH, event -> {}, Interruption.manual());
        // those of steps 0, 1 and 2 evaluate, between them two learn
        FailingReward.failAfter(4);
        GrpoConfig failed = config(settings);
        assertThatThrownBy(() -> warnings(failed))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("no answer");
        assertThat(metrics().getLast().step()).isEqualTo(2);
        assertThat(metrics().getLast().values()).containsKeys(Metrics.LOSS, Metrics.REWARD);
        // it goes on, and is killed before it saves again
        assertThatThrownBy(() ->
                        GrpoTrainer.run(failed, Resume.EXACT, GrpoFaultsTest::dieAtStepThree, Interruption.manual()))
                .hasMessage("killed");
        assertThat(PolicyRuns.newest(failed.output())).hasFileName("step-2");
        GrpoTrainer.run(failed, Resume.EXACT, event -> {}, Interruption.manual());
        assertThat(PolicyRuns.weights(failed.output(), false)).isEqualTo(PolicyRuns.weights(whole, false));
        assertThat(PolicyRuns.metrics(failed.output())).isEqualTo(PolicyRuns.metrics(whole));
    }

    private static String[] with(String[] settings, String another) {
        return Stream.concat(Arrays.stream(settings), Stream.of(another)).toArray(String[]::new);
    }

    private static void dieAtStepThree(RunEvent event) {
        if (event instanceof RunEvent.Step step && step.step() == 3) {
            throw new IllegalStateException("killed");
        }
    }

    @Test
    void whereNothingIsLearnedFromNothingIsMeasured() {
        // so few that all are cut off
        assertThat(warnings(config(
                        "rollout.max_new_tokens=1",
                        "rollout.mask_truncated=true",
                        "seed=1",
                        "rollout.prompts=1",
                        "rollout.group_size=2")))
                .noneMatch(message -> message.contains("entropy"));
        assertThat(metrics().getFirst().values())
                .containsEntry("completions/clipped_ratio", 1.0)
                .doesNotContainKeys("entropy", "kl", "approx_kl");
    }

    @Test
    void theKlThatIsTakenOffTheRewardIsLogged() {
        warnings(config("loss.variant=rloo", "iterations=4", "rollout.group_size=16", "loss.beta=0.01"));
        assertThat(metrics().getFirst().values().get("kl")).isCloseTo(0, within(1e-6));
        assertThat(metrics().getLast().values().get("kl")).isNotCloseTo(0, within(1e-6));
    }

    @Test
    void unknownRewardsStayUnknownInFiles() {
        Experience drawn = new Experience(
                new int[] {0},
                List.of(Rollout.answer(new int[] {1}, new int[] {2}, new float[] {-0.1f}, true, "a")),
                new double[][] {{Double.NaN}, {0.1}},
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0);
        ExperienceFiles files = new ExperienceFiles(folder.resolve("run"));
        files.write(3, drawn);
        Experience read = files.read(3).orElseThrow();
        assertThat(read.rewards()[0]).containsExactly(Double.NaN);
        assertThat(read.rewards()[1]).containsExactly(0.1);
        assertThat(read.rollouts().getFirst().samplerLogps()).containsExactly(-0.1f);
    }

    @Test
    void importanceIsOfWhatIsCompared() {
        Experience drawn = new Experience(
                new int[] {0},
                List.of(Rollout.answer(new int[] {1}, new int[] {2, 3}, new float[] {-1, -2}, true, "ab")),
                new double[][] {{1}},
                Optional.of(new float[][] {{-0.5f, -2.25f}}),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0);
        assertThat(importance(drawn, "loss.variant=grpo", "loss.importance_cap=1.5"))
                .containsExactly(1.5f, (float) Math.exp(-0.25));
        // e^(0.5 − 0.25) for the answer
        assertThat(importance(drawn, "loss.variant=rloo", "loss.importance_cap=1.5"))
                .containsExactly((float) Math.exp(0.25), (float) Math.exp(0.25));
        assertThat(importance(drawn, "loss.variant=rloo")).containsExactly(1, 1);
    }

    private float[] importance(Experience drawn, String... settings) {
        return new GrpoAdvantages(config(settings)).importance(drawn, 0);
    }

    @Test
    void settingsWithoutEffectAreRefused() {
        refuses("drop epsilon", "loss.variant=sapo", "loss.epsilon=0.1");
        refuses("drop epsilon_high", "loss.variant=reinforce", "loss.epsilon_high=0.3");
        refuses("dual_clip", "loss.variant=cispo", "loss.dual_clip=3");
        refuses("drop scale", "loss.variant=rloo", "loss.scale=batch");
        refuses("kl_weighted_by_ratio", "loss.variant=rloo", "loss.kl_weighted_by_ratio=true");
        refuses("normalise_rewards", "loss.variant=rloo", "normalise_rewards=true");
        refuses("normalise_rewards", "loss.kl_in_reward=true", "normalise_rewards=true");
        refuses("rollout.resample", "process=equations", "rollout.resample=1");
        assertThat(config("loss.variant=cispo", "loss.epsilon_high=4").loss().epsilonHigh())
                .hasValue(4);
    }

    @Test
    void heldOutAnswersAreMeasuredAsCanBe() {
        refuses("eval_temperature must be ≥ 0, got -1", "eval_temperature=-1");
        refuses("give data.eval or data.eval_count", "gold_reward={type: gold}");
        refuses("keep_best: gold_reward needs a gold_reward", "keep_best=gold_reward", "data.eval_count=2");
        assertThat(temperature()).isZero();
        assertThat(temperature("gold_reward={type: gold}")).isEqualTo(0.7);
        assertThat(temperature("gold_reward={type: gold}", "eval_temperature=0"))
                .isZero();
        assertThat(temperature("eval_temperature=0.3")).isEqualTo(0.3);
    }

    private double temperature(String... settings) {
        GrpoConfig config =
                config(Stream.concat(Stream.of("data.eval_count=2", "rollout.temperature=0.7"), Arrays.stream(settings))
                        .toArray(String[]::new));
        return config.heldOut().temperature(config.rollout());
    }

    @Test
    void codeThatCannotRunIsToldBeforeThereIsARun() {
        GrpoConfig config = config("rewards=[{type: code, column: prompt, command: [no-such-language]}]");
        assertThatThrownBy(() -> warnings(config))
                .isInstanceOf(AlignException.class)
                .hasMessageContaining("code needs bash and no-such-language");
        assertThat(config.output()).doesNotExist();
    }

    private void refuses(String message, String... settings) {
        assertThatThrownBy(() -> config(settings)).hasMessageContaining(message);
    }
}
