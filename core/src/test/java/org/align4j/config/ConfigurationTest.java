package org.align4j.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final String MINIMAL = "model: tiny\ndata: {train: a.jsonl}\n";

    private static SampleConfig parse(String text, String... overrides) {
        return Configuration.parse(SampleConfig.class, text, "sft.yaml", List.of(overrides));
    }

    private static List<String> faults(String text, String... overrides) {
        Throwable thrown = catchThrowable(() -> parse(text, overrides));
        assertThat(thrown).isInstanceOf(AlignException.Config.class);
        return Arrays.stream(thrown.getMessage().split("\n"))
                .skip(1)
                .map(String::strip)
                .toList();
    }

    @Test
    void whatIsNotSaidComesFromTheDefaults() {
        assertThat(parse(MINIMAL))
                .isEqualTo(SampleConfig.defaults("tiny", SampleConfig.Data.defaults(Path.of("a.jsonl"))));
    }

    @Test
    void bindsEveryKindOfValue() {
        SampleConfig config = parse("""
                model: HuggingFaceTB/SmolLM2   # a comment
                data:
                  train: a.jsonl
                  eval: b.jsonl
                  columns: [question, "answer"]
                optimizer:
                  learning_rate: 1e-5
                precision: fp32
                batch_tokens: 2_000
                seed: 12345678901
                lean: true
                lora:
                  rank: 8
                neftune_alpha: 5
                task_weights: {gsm8k: 0.5, flan-v2: 2}
                note: "007"
                save_every: 1h30m
                """);
        assertThat(config.model()).isEqualTo("HuggingFaceTB/SmolLM2");
        assertThat(config.data().eval()).contains(Path.of("b.jsonl"));
        assertThat(config.data().columns()).containsExactly("question", "answer");
        assertThat(config.data().evalFraction()).isEqualTo(0.05);
        assertThat(config.optimizer()).isEqualTo(new SampleConfig.Optimizer(1e-5, 0.01, 1));
        assertThat(config.precision()).isEqualTo(SampleConfig.Precision.FP32);
        assertThat(config.batchTokens()).isEqualTo(2000);
        assertThat(config.seed()).isEqualTo(12345678901L);
        assertThat(config.lean()).isTrue();
        assertThat(config.lora()).contains(new SampleConfig.Lora(8, 32, List.of("all-linear")));
        assertThat(config.neftuneAlpha()).isEqualTo(OptionalDouble.of(5));
        assertThat(config.taskWeights()).isEqualTo(Map.of("gsm8k", 0.5, "flan-v2", 2.0));
        assertThat(config.note()).isEqualTo("007");
        assertThat(config.saveEvery()).isEqualTo(Duration.ofMinutes(90));
    }

    @Test
    void variantsAreChosenByTypeOrByShorthand() {
        assertThat(parse(MINIMAL + "schedule: constant").schedule()).isEqualTo(new SampleConfig.Schedule.Constant());
        assertThat(parse(MINIMAL + "schedule: {type: polynomial, power: 2}").schedule())
                .isEqualTo(new SampleConfig.Schedule.Polynomial(2));
    }

    @Test
    void sameVariantKeepsTheDefaultsOfItsRecord() {
        assertThat(parse(MINIMAL + "schedule: {type: cosine, min_ratio: 0}").schedule())
                .isEqualTo(new SampleConfig.Schedule.Cosine(10, 0));
        assertThat(parse(MINIMAL + "schedule: {warmup_steps: 3}").schedule())
                .isEqualTo(new SampleConfig.Schedule.Cosine(3, 0.1));
    }

    @Test
    void overridesWinOverTheFileAndEarlierOverrides() {
        SampleConfig config = parse(
                MINIMAL + "schedule: constant\noptimizer: {clip: 2}",
                "optimizer.learning_rate=3e-4",
                "seed=2",
                "seed=3",
                "schedule.type=polynomial",
                "schedule.power=1.5",
                "data.columns=[messages]",
                "lora={}",
                "data.eval=x=y.jsonl");
        assertThat(config.optimizer()).isEqualTo(new SampleConfig.Optimizer(3e-4, 0.01, 2));
        assertThat(config.seed()).isEqualTo(3);
        assertThat(config.schedule()).isEqualTo(new SampleConfig.Schedule.Polynomial(1.5));
        assertThat(config.data().columns()).containsExactly("messages");
        assertThat(config.lora()).contains(SampleConfig.Lora.defaults());
        assertThat(config.data().eval()).contains(Path.of("x=y.jsonl"));
    }

    @Test
    void nothingMeansAbsent() {
        SampleConfig config = parse(MINIMAL + "lora:\nneftune_alpha: null\nnote: ~\n", "lora=null");
        assertThat(config.lora()).isEmpty();
        assertThat(config.neftuneAlpha()).isEmpty();
        assertThat(config.note()).isNull();
    }

    @Test
    void reportsAllFaultsWithTheirPlaces() {
        assertThat(faults("""
                        optimiser: {clip: 1}
                        learning_rate: 1
                        data:
                          trian: a.jsonl
                          eval_fraction: few
                        optimizer:
                          learning_rate: -1
                          clip: 0
                          weight_decay: [1]
                        schedule:
                          type: cosinus
                        precision: fp16
                        batch_tokens: 1.5
                        seed: 99999999999999999999
                        lean: yes please
                        """, "save_every=soon", "nonsense"))
                .containsExactly(
                        "--set nonsense: expected key=value or key.sub=value",
                        "sft.yaml:1: optimiser: unknown key; did you mean optimizer?",
                        "sft.yaml:2: learning_rate: unknown key; it belongs at optimizer.learning_rate",
                        "sft.yaml: model: missing required key",
                        "sft.yaml:4: data.trian: unknown key; did you mean train?",
                        "sft.yaml:3: data.train: missing required key",
                        "sft.yaml:5: data.eval_fraction: expected a number, got \"few\"",
                        "sft.yaml:9: optimizer.weight_decay: expected a number, got a list",
                        "sft.yaml:7: optimizer.learning_rate: must be above 0, got -1.0",
                        "sft.yaml:8: optimizer.clip: must be above 0, got 0.0",
                        "sft.yaml:11: schedule: unknown type \"cosinus\"; one of constant, cosine, polynomial",
                        "sft.yaml:12: precision: expected one of fp32, bf16, got \"fp16\"",
                        "sft.yaml:13: batch_tokens: expected a whole number of this size, got \"1.5\"",
                        "sft.yaml:14: seed: expected a whole number of this size, got \"99999999999999999999\"",
                        "sft.yaml:15: lean: expected true or false, got \"yes please\"",
                        "--set save_every=soon: save_every: expected a duration such as 90s, 10m or 1h30m, got"
                                + " \"soon\"");
    }

    @Test
    void missingSectionNamesItsOwnMissingKeys() {
        assertThat(faults("model: tiny")).containsExactly("sft.yaml: data.train: missing required key");
        assertThat(faults(MINIMAL + "schedule: polynomial"))
                .containsExactly("sft.yaml:3: schedule.power: missing required key");
    }

    @Test
    void keysGivenTwiceAndAliasesAreFaults() {
        assertThat(faults(MINIMAL + "seed: &one 1\nseed: 2\nbatch_tokens: *one"))
                .contains(
                        "sft.yaml:4: seed: given twice, first at sft.yaml:3; keep one",
                        "sft.yaml:5: aliases (*name) are not supported; write the value out");
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertThatThrownBy(() -> parse("model: tiny\ndata: {train: [a\nseed: 1\n"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageStartingWith("sft.yaml:")
                .hasMessageContaining("not valid YAML");
        assertThatThrownBy(() -> parse("- a\n- b\n"))
                .hasMessage("sft.yaml:1: expected keys and values (key: value), got a list");
        assertThatThrownBy(() -> parse(MINIMAL + "---\nmodel: other\n")).hasMessageContaining("second document");
    }

    @Test
    void resolvedConfigurationReadsBackTheSame(@TempDir Path folder) throws Exception {
        SampleConfig config = new SampleConfig(
                "true",
                new SampleConfig.Data(Path.of("a b.jsonl"), Optional.of(Path.of("#c")), List.of("1", "x: y"), 1e-9),
                new SampleConfig.Optimizer(1e-5, 0, 1),
                new SampleConfig.Schedule.Constant(),
                SampleConfig.Precision.FP32,
                1,
                Long.MIN_VALUE,
                true,
                Optional.of(SampleConfig.Lora.defaults()),
                OptionalDouble.of(5),
                Map.of("a.b", 1.0),
                "two\nlines: é",
                Duration.ofSeconds(90061),
                Path.of("out"));
        Path file = folder.resolve("config.yaml");
        Files.writeString(file, Configuration.toYaml(config, Map.of("version", "1", "data", Map.of("a", "00"))));
        assertThat(Configuration.read(SampleConfig.class, file, List.of())).isEqualTo(config);
    }

    @Test
    void absentFileIsOneClearFault(@TempDir Path folder) {
        Path file = folder.resolve("none.yaml");
        assertThatThrownBy(() -> Configuration.read(SampleConfig.class, file, List.of()))
                .isInstanceOf(AlignException.Config.class)
                .hasMessage(file + ": no such file; `align4j init` writes a configuration");
    }
}
