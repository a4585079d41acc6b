package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.align4j.config.Configuration;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
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
        TinyModelFolder.save(folder.resolve("model"), 1);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            lines.append("{\"prompt\": \"").append(i).append(" + ").append(i).append(" = \"}\n");
        }
        Files.writeString(folder.resolve("prompts.jsonl"), lines);
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

    private static void train(PpoConfig config) {
        PpoTrainer.run(config, Resume.FRESH, event -> {}, Interruption.manual());
    }

    private static List<Metrics.Row> metrics(PpoConfig config) {
        return Metrics.read(new RunFiles(config.output()).metrics()).stream()
                .map(row -> {
                    Map<String, Double> values = new LinkedHashMap<>(row.values());
                    values.keySet()
                            .removeIf(name -> name.startsWith("time/")
                                    || List.of(Metrics.TOKENS_PER_SECOND, Metrics.STEP_SECONDS, Metrics.PEAK_RSS)
                                            .contains(name));
                    return new Metrics.Row(row.step(), values);
                })
                .toList();
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
            })
    void resumedEqualsUninterrupted(String settings) throws IOException {
        String[] overrides = (settings + " save_every=1").split(" ");
        PpoConfig whole = config("whole", overrides);
        PpoConfig parts = config("parts", overrides);
        train(whole);
        Random random = new Random(settings.hashCode());
        boolean resumed = false;
        for (long stop = 1; stop < whole.totalSteps(); stop += 1 + random.nextInt(2)) {
            Interruption interruption = Interruption.manual();
            long stopAt = stop;
            PpoTrainer.run(
                    parts,
                    new Resume(resumed, false),
                    event -> {
                        if (event instanceof RunEvent.Step(long step, Map<String, Double> values) && step >= stopAt) {
                            interruption.request();
                        }
                    },
                    interruption);
            resumed = true;
        }
        PpoTrainer.run(parts, Resume.EXACT, event -> {}, Interruption.manual());
        for (String model : List.of("", "value/")) {
            String file = model + (whole.lora().isPresent() ? "adapter_model.safetensors" : "model.safetensors");
            assertThat(Files.readAllBytes(newest(parts).resolve(file)))
                    .as(file)
                    .isEqualTo(Files.readAllBytes(newest(whole).resolve(file)));
        }
        assertThat(metrics(parts)).isEqualTo(metrics(whole));
    }

    private static Path newest(PpoConfig config) {
        return new RunFiles(config.output())
                .checkpoints()
                .newest()
                .orElseThrow()
                .folder();
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
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> config("run", "loss.beta=-1")).hasMessageContaining("beta must be ≥ 0");
        assertThatThrownBy(() -> config("run", "minibatches=3")).hasMessageContaining("don't divide");
        assertThatThrownBy(() -> config("run", "loss.beta=0", "loss.kl_target=1"))
                .hasMessageContaining("kl_target");
        assertThatThrownBy(() -> config("run", "loss.gamma=2")).hasMessageContaining("gamma");
    }
}
