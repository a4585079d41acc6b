package org.align4j.train.preference;

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
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
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

class DpoTrainerTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeModelAndData() throws IOException {
        TinyModelFolder.save(folder.resolve("model"), 1);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 22; i++) {
            lines.append("{\"prompt\": \"%d+%d=\", \"chosen\": \"%d\", \"rejected\": \"no%s\"}\n"
                    .formatted(i, i * 7, i * 8, "!".repeat(i % 4)));
        }
        Files.writeString(folder.resolve("pairs.jsonl"), lines);
    }

    private DpoConfig config(String name, String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("pairs.jsonl") + "]",
                "reference.cache=" + folder.resolve("reference"),
                "precision=fp32",
                "batch_size=4",
                "max_steps=10",
                "learning_rate=1e-2"));
        all.addAll(List.of(overrides));
        return Configuration.of(DpoConfig.class, all);
    }

    private static List<RunEvent> train(DpoConfig config) {
        List<RunEvent> events = new ArrayList<>();
        DpoTrainer.run(config, Resume.FRESH, events::add, Interruption.manual());
        return events;
    }

    private static List<Metrics.Row> metrics(DpoConfig config) {
        return Metrics.read(new RunFiles(config.output()).metrics()).stream()
                .map(row -> {
                    Map<String, Double> values = new LinkedHashMap<>(row.values());
                    List.of(Metrics.TOKENS_PER_SECOND, Metrics.STEP_SECONDS, Metrics.PEAK_RSS)
                            .forEach(values::remove);
                    return new Metrics.Row(row.step(), values);
                })
                .toList();
    }

    private static double last(DpoConfig config, String name) {
        return metrics(config).getLast().values().get(name);
    }

    private static byte[] weights(DpoConfig config) throws IOException {
        Path last = new RunFiles(config.output())
                .checkpoints()
                .newest()
                .orElseThrow()
                .folder();
        return Files.readAllBytes(
                last.resolve(config.lora().isPresent() ? "adapter_model.safetensors" : "model.safetensors"));
    }

    @Test
    void beginsAtLogTwoAndLearnsToPrefer() {
        DpoConfig config = config("run", "data.eval_count=4");
        train(config);
        Map<String, Double> first = metrics(config).get(1).values();
        assertThat(first.get("loss")).isCloseTo(Math.log(2), within(1e-5));
        assertThat(first.get("rewards/margins")).isCloseTo(0, within(1e-4));
        assertThat(last(config, "loss")).isLessThan(0.6);
        assertThat(last(config, "rewards/accuracies")).isEqualTo(1);
        assertThat(last(config, "rewards/margins"))
                .isCloseTo(last(config, "rewards/chosen") - last(config, "rewards/rejected"), within(1e-6));
        assertThat(last(config, "eval/rewards/accuracies")).isEqualTo(1);
    }

    @Test
    void goesOnFromAnAdapterWhichIsThenTheReference() {
        DpoConfig first = config("first", "lora.rank=4", "max_steps=4");
        train(first);
        DpoConfig second = config("second", "model=" + first.output(), "max_steps=1");
        train(second);
        assertThat(last(second, "loss")).isCloseTo(Math.log(2), within(1e-5));
        assertThat(last(second, "rewards/margins")).isCloseTo(0, within(1e-4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loss=robust_dpo",
                "loss=ipo",
                "loss=hinge",
                "loss=exo",
                "loss=nca",
                "loss=sppo",
                "loss=apo_zero",
                "loss=apo_down",
                "loss=aot",
                "loss=aot_unpaired",
                "loss=bco",
                "loss=discopop",
                "loss=dpop",
                "loss=cpo",
                "loss=simpo",
                "loss=orpo",
                "loss=rao_kupper",
                "loss=davidson",
                "loss=plackett_luce",
                "loss.averaged=true",
                "loss.divergence=jensen_shannon",
                "ld_alpha=0.5",
                "wpo=true",
                "reference.mode=none",
                "lora.rank=4 learning_rate=5e-2",
                "loss={type: weighted_sum, terms: [{weight: 1, loss: dpo}, {weight: 0.2, loss: nll}]}"
            })
    void everyLossMakesChosenAnswersLikelierThanRejectedOnes(String settings) {
        // a value may have spaces, a key doesn't
        DpoConfig config = config("run", settings.split(" (?=[a-z_.]+=)"));
        train(config);
        List<Metrics.Row> rows = metrics(config);
        Map<String, Double> first = rows.getFirst().values();
        Map<String, Double> last = rows.getLast().values();
        assertThat(last.get("loss")).isLessThan(first.get("loss"));
        assertThat(last.get("logps/chosen") - last.get("logps/rejected"))
                .isGreaterThan(first.get("logps/chosen") - first.get("logps/rejected"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora.rank=4", "precision=fp32", "lean=true gradient_accumulation=2"})
    void cachedAndLiveReferencesAgree(String settings) {
        DpoConfig cached = config("cached", settings.split(" "));
        List<String> live = new ArrayList<>(List.of(settings.split(" ")));
        live.add("reference.mode=live");
        DpoConfig other = config("live", live.toArray(String[]::new));
        train(cached);
        train(other);
        List<Metrics.Row> one = metrics(cached);
        List<Metrics.Row> two = metrics(other);
        for (int i = 0; i < one.size(); i++) {
            assertThat(one.get(i).values().get("loss"))
                    .isCloseTo(two.get(i).values().get("loss"), within(1e-4));
        }
    }

    @Test
    void referenceIsComputedOnceForTheSameModelAndData() throws IOException {
        train(config("first"));
        assertThat(notes(train(config("second", "loss=ipo")))).anyMatch(note -> note.contains("read from"));
        // another template, model or precision is another reference
        assertThat(notes(train(config("third", "data.chat=false")))).noneMatch(note -> note.contains("read from"));
        TinyModelFolder.save(folder.resolve("model"), 2);
        assertThat(notes(train(config("fourth")))).noneMatch(note -> note.contains("read from"));
        assertThat(notes(train(config("fifth", "precision=bf16")))).noneMatch(note -> note.contains("read from"));
        try (Stream<Path> files = Files.list(folder.resolve("reference"))) {
            assertThat(files).hasSize(4);
        }
    }

    private static List<String> notes(List<RunEvent> events) {
        return events.stream()
                .flatMap(event -> event instanceof RunEvent.Noted(String message) ? Stream.of(message) : Stream.of())
                .toList();
    }

    @Test
    void answersOfItsOwnShowHowFarThePolicyWent() {
        DpoConfig adapter = config("adapter", "lora.rank=4", "learning_rate=5e-2", "sample_every=5");
        train(adapter);
        Map<String, Double> fifth = metrics(adapter).get(4).values();
        assertThat(fifth.get("samples/kl")).isPositive();
        assertThat(fifth.get("samples/length")).isBetween(1.0, 128.0);
        assertThat(fifth.get("samples/entropy")).isBetween(0.0, Math.log(258));
        DpoConfig whole = config("whole", "sample_every=5");
        train(whole);
        assertThat(metrics(whole).get(4).values())
                .containsKey("samples/entropy")
                .doesNotContainKey("samples/kl");
    }

    @Test
    void damagedReferencesAreRefused() throws IOException {
        train(config("first"));
        Path cache;
        try (Stream<Path> files = Files.list(folder.resolve("reference"))) {
            cache = files.findFirst().orElseThrow();
        }
        Files.write(cache, new byte[20]);
        assertThatThrownBy(() -> train(config("second"))).isInstanceOf(AlignException.Checkpoint.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "precision=fp32",
                "precision=bf16 lean=true",
                "loss=bco gradient_accumulation=2 batch_size=3",
                "lora.rank=4 lora.dropout=0.1",
                "lora.rank=4 reference.mode=live",
                "reference.mode=live",
                "batch_size=0 max_tokens=200 data.eval_count=4 eval_every=2 save_every=3 keep=1"
            })
    void resumedEqualsUninterrupted(String settings) throws IOException {
        DpoConfig whole = config("whole", settings.split(" "));
        DpoConfig parts = config("parts", settings.split(" "));
        train(whole);
        trainUntil(parts, false, 3);
        trainUntil(parts, true, 7);
        DpoTrainer.run(parts, Resume.EXACT, event -> {}, Interruption.manual());
        assertThat(metrics(parts)).isEqualTo(metrics(whole));
        assertThat(weights(parts)).isEqualTo(weights(whole));
    }

    private static void trainUntil(DpoConfig config, boolean resumed, long stopAt) {
        Interruption interruption = Interruption.manual();
        Consumer<RunEvent> stopping = event -> {
            if (event instanceof RunEvent.Step(long step, Map<String, Double> _) && step == stopAt) {
                interruption.request();
            }
        };
        DpoTrainer.run(config, new Resume(resumed, false), stopping::accept, interruption);
    }

    @Test
    void resumingComputesALostReferenceAgain() throws IOException {
        DpoConfig whole = config("whole");
        DpoConfig parts = config("parts");
        train(whole);
        trainUntil(parts, false, 5);
        try (Stream<Path> files = Files.list(folder.resolve("reference"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        DpoTrainer.run(parts, Resume.EXACT, event -> {}, Interruption.manual());
        assertThat(weights(parts)).isEqualTo(weights(whole));
    }

    @Test
    void accumulatingTwiceTwoEqualsOnceFour() throws IOException {
        DpoConfig whole = config("whole", "data.shuffle=false");
        DpoConfig parts = config("parts", "data.shuffle=false", "batch_size=2", "gradient_accumulation=2");
        train(whole);
        train(parts);
        for (int i = 0; i < metrics(whole).size(); i++) {
            assertThat(metrics(parts).get(i).values().get("loss"))
                    .isCloseTo(metrics(whole).get(i).values().get("loss"), within(2e-4));
        }
    }

    @Test
    void rankingsTrainOnAllTheirPairsOrAsAWhole() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            lines.append("{\"prompt\": \"%d?\", \"outputs\": [\"a%d\", \"bb\", \"ccc\"], \"ranking\": \"%s\"}\n"
                    .formatted(i, i, i % 4 == 0 ? "A > B = C" : "B > C > A"));
        }
        Files.writeString(folder.resolve("rankings.jsonl"), lines);
        String data = "data.train=[" + folder.resolve("rankings.jsonl") + "]";
        List<String> ofPairs = notes(train(config("pairs", data)));
        assertThat(ofPairs).anyMatch(note -> note.contains("33 pairs in 12 comparisons"));
        DpoConfig ties = config("ties", data, "loss=davidson");
        assertThat(notes(train(ties))).anyMatch(note -> note.contains("36 pairs in 12 comparisons"));
        DpoConfig whole = config("whole", data, "loss=plackett_luce");
        assertThat(notes(train(whole))).anyMatch(note -> note.contains("3 of 12 comparisons have no pair"));
        // three equal outputs have 3! orders
        assertThat(metrics(whole).getFirst().values().get("loss")).isCloseTo(Math.log(6), within(1e-4));
        assertThat(last(whole, "loss")).isLessThan(1.5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wpo=true loss=aot",
                "wpo=true loss=plackett_luce",
                "wpo=true loss={type: weighted_sum, terms: [{weight: 1, loss: dpo}, {weight: 1, loss: aot_unpaired}]}",
                "ld_alpha=0.5 loss=plackett_luce",
                "loss={type: weighted_sum, terms: [{weight: 1, loss: dpo}, {weight: 1, loss: plackett_luce}]}",
            })
    void lossesOfMoreThanAPairRefuseToWeighPairs(String settings) {
        assertThatThrownBy(() -> config("run", settings.split(" (?=loss)"))).isInstanceOf(AlignException.Config.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"aot", "aot_unpaired", "plackett_luce"})
    void lossesOfMoreThanAPairRefuseProbabilities(String loss) throws IOException {
        Files.writeString(folder.resolve("soft.jsonl"), """
                {"prompt": "a", "chosen": "b", "rejected": "c"}
                {"prompt": "d", "chosen": "e", "rejected": "f", "probability": 0.8}
                """);
        assertThatThrownBy(
                        () -> train(config("run", "data.train=[" + folder.resolve("soft.jsonl") + "]", "loss=" + loss)))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("soft.jsonl:2", "probability");
    }

    @Test
    void likelihoodFallsOnlyBelowAReference() {
        List<String> hot = List.of("max_steps=40", "learning_rate=0.2", "schedule=constant");
        assertThat(warnings("dpo", hot, "loss.beta=0.5")).anyMatch(text -> text.contains("less likely"));
        assertThat(warnings("none", hot, "reference.mode=none")).noneMatch(text -> text.contains("less likely"));
    }

    private List<String> warnings(String name, List<String> overrides, String setting) {
        List<String> all = new ArrayList<>(overrides);
        all.add(setting);
        return train(config(name, all.toArray(String[]::new))).stream()
                .filter(RunEvent.Warned.class::isInstance)
                .map(event -> ((RunEvent.Warned) event).toString())
                .toList();
    }

    @Test
    void dataWithoutPairsAreRefused() throws IOException {
        Files.writeString(folder.resolve("labels.jsonl"), """
                {"prompt": "a", "completion": "b", "label": true}
                {"prompt": "c", "completion": "d", "label": false}
                """);
        assertThatThrownBy(() -> train(config("run", "data.train=[" + folder.resolve("labels.jsonl") + "]")))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("align4j kto");
    }

    @Test
    void referenceOfAnotherVocabularyIsRefused() throws IOException {
        Path other = TinyModelFolder.save(folder.resolve("other"), 3);
        Path tokenizer = other.resolve("tokenizer.json");
        String text = Files.readString(tokenizer);
        Files.writeString(tokenizer, text.replace("\"A\":", "\"\\u00c4Ä\":"));
        assertThat(Files.readString(tokenizer)).isNotEqualTo(text);
        assertThatThrownBy(() -> train(config("run", "reference.model=" + other)))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("reference.model");
    }

    @Test
    void constantsOutOfRangeAreRefusedTogether() {
        assertThatThrownBy(() -> config("run", "loss.beta=0", "ld_alpha=2"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("beta must be > 0")
                .hasMessageContaining("ld_alpha must be in [0, 1]");
        assertThatThrownBy(() -> config("run", "loss.label_smoothing=0.5"))
                .hasMessageContaining("label_smoothing must be in [0, 0.5)");
        assertThatThrownBy(() -> config("run", "loss=dpoo")).hasMessageContaining("unknown type");
    }
}
