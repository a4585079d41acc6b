package org.align4j.train.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Configuration;
import org.align4j.data.tokens.TinyCorpus;
import org.align4j.error.AlignException;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.run.RunState;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.TinyTokenizer;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.Resume;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;
import org.align4j.train.sft.TinyRuns;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PretrainTrainerTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeTokenizerAndTexts() throws IOException {
        try (Tokenizer tokenizer = TinyTokenizer.bytesWithBos()) {
            tokenizer.save(folder.resolve("tokenizer"));
        }
        TinyCorpus.write(folder.resolve("texts.jsonl"), 40);
    }

    private PretrainConfig config(String name, String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "model={model_type: llama, hidden_size: 16, intermediate_size: 32, num_hidden_layers: 2,"
                        + " num_attention_heads: 2, num_key_value_heads: 1, tie_word_embeddings: true}",
                "tokenizer=" + folder.resolve("tokenizer"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("texts.jsonl") + "]",
                "data.eval_fraction=0.2",
                "context=32",
                "batch_size=4",
                "max_steps=12",
                "warmup_steps=2",
                "eval_every=0",
                "save_every=0",
                "precision=fp32",
                "learning_rate=1e-2"));
        all.addAll(List.of(overrides));
        return Configuration.of(PretrainConfig.class, all);
    }

    private static List<RunEvent> train(PretrainConfig config) {
        List<RunEvent> events = new ArrayList<>();
        PretrainTrainer.run(config, Resume.FRESH, events::add, Interruption.manual());
        return events;
    }

    private static void trainUntil(PretrainConfig config, boolean resumed, long stopAt) {
        Interruption interruption = Interruption.manual();
        PretrainTrainer.run(
                config,
                new Resume(resumed, false),
                event -> {
                    if (event instanceof RunEvent.Step(long step, Map<String, Double> _) && step == stopAt) {
                        interruption.request();
                    }
                },
                interruption);
    }

    private static List<Metrics.Row> metrics(PretrainConfig config) {
        return TinyRuns.metrics(config.output());
    }

    private static byte[] weights(PretrainConfig config) throws IOException {
        Path last = new RunFiles(config.output())
                .checkpoints()
                .newest()
                .orElseThrow()
                .folder();
        return Files.readAllBytes(last.resolve("model.safetensors"));
    }

    private static double last(PretrainConfig config, String name) {
        return metrics(config).reversed().stream()
                .filter(row -> row.values().containsKey(name))
                .findFirst()
                .orElseThrow()
                .values()
                .get(name);
    }

    @Test
    void learnsATextAndItsPerplexityIsTheExponentialOfItsLoss() {
        PretrainConfig config = config("run", "max_steps=150", "eval_every=50", "sample_every=75");
        List<RunEvent> events = train(config);
        assertThat(last(config, Metrics.EVAL_LOSS)).isLessThan(1.2);
        assertThat(last(config, PretrainTrainer.EVAL_PERPLEXITY))
                .isCloseTo(Math.exp(last(config, Metrics.EVAL_LOSS)), within(1e-9));
        assertThat(events).filteredOn(RunEvent.Sample.class::isInstance).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max_steps=60",
                "precision=bf16 lean=true",
                "across_documents=true gradient_accumulation=2",
                "max_steps=0 epochs=3 schedule=warmup_stable_decay schedule_options.num_decay_steps=4",
            })
    void resumedEqualsUninterrupted(String settings) throws IOException {
        String[] overrides = settings.split(" ");
        PretrainConfig whole = config("whole", overrides);
        PretrainConfig parts = config("parts", overrides);
        train(whole);
        trainUntil(parts, false, 3);
        trainUntil(parts, true, 7);
        PretrainTrainer.run(parts, Resume.EXACT, event -> {}, Interruption.manual());
        assertThat(weights(parts)).isEqualTo(weights(whole));
        assertThat(metrics(parts)).isEqualTo(metrics(whole));
        assertThat(new RunFiles(parts.output()).state().kind()).isEqualTo(RunState.Kind.FINISHED);
    }

    @Test
    void packedDocumentsLearnAsDocumentsOnTheirOwn() throws IOException {
        // one window that holds whole documents, or windows that hold one each
        List<String> texts =
                IntStream.range(0, 8).mapToObj(i -> "text " + i + " abcdef").toList();
        TinyCorpus.write(folder.resolve("texts.jsonl"), texts);
        int length = texts.getFirst().length() + 2;
        String[] both = {"data.eval_fraction=0", "max_steps=4"};
        PretrainConfig packed = config("packed", both[0], both[1], "context=" + 8 * length, "batch_size=1");
        PretrainConfig across =
                config("across", both[0], both[1], "context=" + 8 * length, "batch_size=1", "across_documents=true");
        train(packed);
        train(across);
        // the same documents, each a packed batch's sequence, by the supervised trainer
        SftConfig alone = Configuration.of(
                SftConfig.class,
                List.of(
                        "model=" + untrained(packed),
                        "output=" + folder.resolve("alone"),
                        "data.train=[" + folder.resolve("texts.jsonl") + "]",
                        "data.loss_on=all",
                        "precision=fp32",
                        "batch_size=8",
                        "max_steps=1"));
        SftTrainer.run(alone, Resume.FRESH, event -> {}, Interruption.manual());
        double expected = TinyRuns.metrics(alone).getFirst().values().get(Metrics.LOSS);
        assertThat(metrics(packed).getFirst().values().get(Metrics.LOSS)).isCloseTo(expected, within(1e-5));
        assertThat(metrics(across).getFirst().values().get(Metrics.LOSS)).isNotCloseTo(expected, within(1e-5));
    }

    /// The run's model before its first step.
    private Path untrained(PretrainConfig like) throws IOException {
        PretrainConfig config = Configuration.parse(
                PretrainConfig.class,
                Configuration.toYaml(like),
                "like",
                List.of("output=" + folder.resolve("untrained"), "max_steps=1", "learning_rate=0"));
        train(config);
        return new RunFiles(config.output())
                .checkpoints()
                .newest()
                .orElseThrow()
                .folder();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{model_type: gpt2, n_embd: 16, n_layer: 2, n_head: 2}",
                "{model_type: qwen3, hidden_size: 16, intermediate_size: 32, num_hidden_layers: 2,"
                        + " num_attention_heads: 2, num_key_value_heads: 1, head_dim: 8}",
                "{model_type: gemma2, hidden_size: 16, intermediate_size: 32, num_hidden_layers: 2,"
                        + " num_attention_heads: 2, num_key_value_heads: 1, head_dim: 8}",
                "{model_type: mixtral, hidden_size: 16, intermediate_size: 32, num_hidden_layers: 1,"
                        + " num_attention_heads: 2, num_key_value_heads: 1, num_local_experts: 4, rope_parameters: null}",
            })
    void anyArchitectureLearnsAndIsLoadedAgain(String model) {
        PretrainConfig config = config("run", "model=" + model, "max_steps=20");
        train(config);
        List<Metrics.Row> rows = metrics(config);
        assertThat(last(config, Metrics.EVAL_LOSS))
                .isLessThan(rows.getFirst().values().get(Metrics.EVAL_LOSS) - 0.3);
        try (Scope scope = Scope.open();
                LoadedModel loaded = LoadedModel.load(config.output(), DType.FLOAT32, Device.CPU, false)) {
            assertThat(loaded.model().architecture().maxPositions()).isEqualTo(32);
        }
    }

    @Test
    void wrongModelsAreRefusedBeforeTheTextIsRead() {
        refuses("model={model_type: lama}", AlignException.Config.class, "lama");
        refuses("model={hidden_size: 16}", AlignException.Config.class, "model.model_type");
        refuses("model={model_type: llama, hidden_siez: 16}", AlignException.Config.class, "hidden_siez");
        refuses("model.vocab_size=100", AlignException.Config.class, "less than the tokenizer's");
        refuses("model.max_position_embeddings=16", AlignException.Config.class, "context: 32");
        refuses("schedule=cosin", AlignException.Config.class, "cosine");
        refuses("context=100000", AlignException.Data.class, "lower context");
        assertThat(folder.resolve("run/config.yaml")).doesNotExist();
    }

    private void refuses(String setting, Class<? extends AlignException> kind, String words) {
        assertThatThrownBy(() -> train(config("run", setting)))
                .isInstanceOf(kind)
                .hasMessageContaining(words);
    }

    @Test
    void interruptedBeforeTheFirstStepItBeginsAsIfNothingHadBeen() throws IOException {
        PretrainConfig whole = config("whole");
        PretrainConfig parts = config("parts");
        train(whole);
        Interruption before = Interruption.manual();
        before.request();
        assertThatThrownBy(() -> PretrainTrainer.run(parts, Resume.FRESH, event -> {}, before))
                .isInstanceOf(CancellationException.class);
        train(parts);
        assertThat(weights(parts)).isEqualTo(weights(whole));
    }

    @Test
    void damagedTokensAreRefused() throws IOException {
        PretrainConfig config = config("run");
        trainUntil(config, false, 3);
        Path tokens = config.output().resolve("tokens/train-00000.tokens");
        byte[] bytes = Files.readAllBytes(tokens);
        bytes[bytes.length / 2] ^= 1;
        Files.write(tokens, bytes);
        assertThatThrownBy(() -> PretrainTrainer.run(config, Resume.EXACT, event -> {}, Interruption.manual()))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("checksum");
        Files.delete(tokens);
        PretrainTrainer.run(config, Resume.EXACT, event -> {}, Interruption.manual());
        assertThat(new RunFiles(config.output()).state().kind()).isEqualTo(RunState.Kind.FINISHED);
    }

    @Test
    void runsOnTheSameTextShareTokensAndOthersDoNotTakeThem() throws IOException {
        String shared = "data.tokens=" + folder.resolve("shared");
        train(config("first", shared));
        FileTime made = Files.getLastModifiedTime(folder.resolve("shared/train-00000.tokens"));
        train(config("second", shared, "learning_rate=1e-3"));
        assertThat(Files.getLastModifiedTime(folder.resolve("shared/train-00000.tokens")))
                .isEqualTo(made);
        assertThatThrownBy(() -> train(config("third", shared, "seed=7")))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("data.tokens");
    }

    @Test
    void anotherTokenizerIsAnotherRun() throws IOException {
        PretrainConfig config = config("run");
        trainUntil(config, false, 3);
        try (Tokenizer other = TinyTokenizer.bytesWithBos("w o")) {
            other.save(folder.resolve("tokenizer"));
        }
        assertThatThrownBy(() -> PretrainTrainer.run(config, Resume.EXACT, event -> {}, Interruption.manual()))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("tokenizer.json");
    }
}
