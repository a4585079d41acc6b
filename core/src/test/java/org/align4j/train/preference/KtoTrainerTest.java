package org.align4j.train.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.config.Configuration;
import org.align4j.data.Completion;
import org.align4j.data.Prompt;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.preference.Annotation;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Label;
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

class KtoTrainerTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeModelAndData() throws IOException {
        TinyModelFolder.save(folder.resolve("model"), 1);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append("{\"prompt\": \"%d+%d=\", \"completion\": \"%s\", \"label\": %b}\n"
                    .formatted(i, i * 7, i % 2 == 0 ? String.valueOf(i * 8) : "no" + "!".repeat(i % 4), i % 2 == 0));
        }
        Files.writeString(folder.resolve("labels.jsonl"), lines);
    }

    private KtoConfig config(String name, String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("labels.jsonl") + "]",
                "reference.cache=" + folder.resolve("reference"),
                "precision=fp32",
                "batch_size=4",
                "max_steps=10",
                "learning_rate=1e-2"));
        all.addAll(List.of(overrides));
        return Configuration.of(KtoConfig.class, all);
    }

    private static List<RunEvent> train(KtoConfig config) {
        List<RunEvent> events = new ArrayList<>();
        KtoTrainer.run(config, Resume.FRESH, events::add, Interruption.manual());
        return events;
    }

    private static List<Metrics.Row> metrics(KtoConfig config) {
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
    @ValueSource(
            strings = {"loss=kto", "loss=apo_zero", "loss=bco", "lora.rank=4 learning_rate=5e-2", "reference.mode=live"
            })
    void goodAnswersBecomeLikelierThanBadOnes(String settings) {
        KtoConfig config = config("run", settings.split(" "));
        train(config);
        Map<String, Double> first = metrics(config).getFirst().values();
        Map<String, Double> last = metrics(config).getLast().values();
        assertThat(last.get("loss")).isLessThan(first.get("loss"));
        assertThat(last.get("rewards/margins")).isGreaterThan(0.1);
    }

    @Test
    void beginsAtHalf() {
        KtoConfig config = config("run", "desirable_weight=1.1", "data.eval_count=4", "data.shuffle=false");
        train(config);
        Map<String, Double> start = metrics(config).getFirst().values();
        assertThat(start.get("eval/kl")).isCloseTo(0, within(1e-4));
        Map<String, Double> first = metrics(config).get(1).values();
        assertThat(first.get("loss")).isBetween(0.49, 0.56);
        assertThat(first.get("rewards/chosen")).isCloseTo(0, within(1e-4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"loss=kto gradient_accumulation=2", "loss=bco", "lora.rank=4 lora.dropout=0.1"})
    void resumedEqualsUninterrupted(String settings) throws IOException {
        KtoConfig whole = config("whole", settings.split(" "));
        KtoConfig parts = config("parts", settings.split(" "));
        train(whole);
        Interruption interruption = Interruption.manual();
        KtoTrainer.run(
                parts,
                Resume.FRESH,
                event -> {
                    if (event instanceof RunEvent.Step(long step, Map<String, Double> _) && step == 4) {
                        interruption.request();
                    }
                },
                interruption);
        KtoTrainer.run(parts, Resume.EXACT, event -> {}, Interruption.manual());
        assertThat(metrics(parts)).isEqualTo(metrics(whole));
        assertThat(weights(parts)).isEqualTo(weights(whole));
    }

    private static byte[] weights(KtoConfig config) throws IOException {
        Path last = new RunFiles(config.output())
                .checkpoints()
                .newest()
                .orElseThrow()
                .folder();
        return Files.readAllBytes(
                last.resolve(config.lora().isPresent() ? "adapter_model.safetensors" : "model.safetensors"));
    }

    @Test
    void dataOfOneKindAreRefused() throws IOException {
        Files.writeString(folder.resolve("good.jsonl"), """
                {"prompt": "a", "completion": "b", "label": true}
                {"prompt": "c", "completion": "d", "label": true}
                """);
        assertThatThrownBy(() -> train(config("run", "data.train=[" + folder.resolve("good.jsonl") + "]")))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("2 good and 0 bad");
    }

    @Test
    void unbalancedKindsAreWarnedOf() {
        assertThat(train(config("run", "desirable_weight=4", "max_steps=1")))
                .anyMatch(event -> event instanceof RunEvent.Warned(String message)
                        && message.contains("4.00 times the bad ones"));
    }

    @Test
    void pairsAreOneGoodAndOneBadAnswer() throws IOException {
        Files.writeString(folder.resolve("pairs.jsonl"), """
                {"prompt": "a", "chosen": "b", "rejected": "c"}
                {"prompt": "d", "chosen": "e", "rejected": "f"}
                """);
        assertThat(train(config("run", "data.train=[" + folder.resolve("pairs.jsonl") + "]", "max_steps=1")))
                .contains(new RunEvent.Noted("data: 2 good and 2 bad answers"));
    }

    @Test
    void saysWhatCallsNoAnswerGoodAndWhatThePolicyAnswers() throws IOException {
        Path pairs = folder.resolve("pairs.jsonl");
        Files.writeString(pairs, """
                {"prompt": "a", "chosen": "b", "rejected": "c"}
                {"prompt": "d", "chosen": "e", "rejected": "f", "tie": true}
                {"prompt": "g", "chosen": "h", "rejected": "i", "tie": false}
                """);
        KtoConfig config =
                config("run", "data.train=[" + pairs + "]", "max_steps=2", "sample_every=2", "reference.mode=live");
        List<RunEvent> events = train(config);
        assertThat(events)
                .anySatisfy(event ->
                        assertThat(event.toString()).contains("data: 1 of 3 comparisons call no answer good or bad"));
        assertThat(metrics(config).getLast().values()).containsKeys("samples/length", "samples/entropy", "samples/kl");
    }

    /// As many batches as when trained: single answers would have no baseline.
    @Test
    void evaluatesInBatchesOfTokensWhereItTrainsSo() {
        KtoConfig config = config("run", "batch_size=0", "max_tokens=200", "data.eval_count=6", "max_steps=4");
        train(config);
        assertThat(metrics(config).getLast().values()).containsKey("eval/kl");
        assertThat(config.batches().evaluationAsTrained(new int[] {5, 5, 5, 5, 5, 5}))
                .hasSize(1);
    }

    @Test
    void mismatchedAnswersBelongToOtherPrompts() {
        List<UnpairedExample> examples = UnpairedExample.of(
                List.of(
                        labeled("p", new int[] {1, 2}, new int[] {10, 11}, true),
                        labeled("p", new int[] {1, 2}, new int[] {12}, false),
                        labeled("q", new int[] {3}, new int[] {13, 14, 15}, true)),
                4);
        assertThat(examples.get(0).mismatched().tokens()).containsExactly(1, 2, 13, 14);
        assertThat(examples.get(0).mismatched().lossMask()).containsExactly(false, false, true, true);
        assertThat(examples.get(1).mismatched().tokens()).containsExactly(1, 2, 13, 14);
        assertThat(examples.get(2).mismatched().tokens()).containsExactly(3, 10, 11);
    }

    private static TokenizedComparison labeled(String prompt, int[] given, int[] answer, boolean good) {
        Comparison comparison = new Comparison(
                Prompt.of("", prompt),
                Map.of("A", Completion.of(Arrays.toString(answer))),
                new Label("A", good),
                new Annotation(Optional.empty(), List.of()),
                Source.memory(0));
        int[] tokens = Arrays.copyOf(given, given.length + answer.length);
        boolean[] mask = new boolean[tokens.length];
        System.arraycopy(answer, 0, tokens, given.length, answer.length);
        Arrays.fill(mask, given.length, mask.length, true);
        return new TokenizedComparison(comparison, List.of(new TokenizedExample(tokens, mask, Source.memory(0))));
    }
}
