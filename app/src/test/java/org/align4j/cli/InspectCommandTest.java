package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.model.CausalLm;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import org.align4j.peft.AdapterConfig;
import org.align4j.peft.AttachedAdapter;
import org.align4j.peft.ModuleSelection;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.BytePairTraining;
import org.align4j.tokenizer.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int inspect(String... arguments) {
        List<String> all = new java.util.ArrayList<>(List.of("inspect"));
        all.addAll(List.of(arguments));
        return execute(all.toArray(String[]::new));
    }

    private int execute(String... arguments) {
        return Align4j.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Path model() {
        Path path = folder.resolve("model");
        try (Scope scope = Scope.open();
                Tokenizer tokenizer = BytePairTraining.train(
                        List.of("user assistant user assistant"), BytePairTraining.Settings.of(280))) {
            ModelConfig config = HfConfig.parse(
                    "test",
                    HfConfig.newConfig("llama")
                            .put("vocab_size", tokenizer.vocabularySize())
                            .put("hidden_size", 16)
                            .put("num_hidden_layers", 1)
                            .put("num_attention_heads", 2)
                            .put("intermediate_size", 32)
                            .put("tie_word_embeddings", true));
            CausalLm model = new CausalLm(config.architecture(), DType.FLOAT32, Device.CPU, true);
            model.initialise(0.02, 1);
            new HfModel(model, config).save(path, tokenizer, DType.FLOAT32);
        }
        return path;
    }

    private String data(String text) throws IOException {
        Path file = folder.resolve("data.jsonl");
        Files.writeString(file, text);
        return file.toString();
    }

    @Test
    void showsAModelsFacts() {
        assertThat(inspect(model().toString())).isZero();
        assertThat(out.toString())
                .contains("family         llama", "heads          2 of 8", "head tied", "<|im_end|>", "| And 3 + 3?")
                .containsPattern("stored as +F32 \\([\\d,]+\\)")
                .containsPattern("attention +1,024 \\(");
    }

    @Test
    void showsAnAdapterAndItsBase() throws Exception {
        Path base = model();
        Path run = adapterRun(base);
        assertThat(inspect(run.toString())).isZero();
        assertThat(out.toString())
                .contains(
                        "kind         LoRA of rank 2, α 4.0, dropout 0.0",
                        "modules      q_proj",
                        "base         " + base)
                .contains("family         llama");
    }

    @Test
    void aRunsAdapterIsMergedIntoTheBaseThatItNames() throws Exception {
        Path merged = folder.resolve("merged");
        Path run = adapterRun(model());
        assertThat(execute("merge", "--adapter", run.toString(), "--output", merged.toString()))
                .as(err.toString())
                .isZero();
        assertThat(inspect(merged.toString())).isZero();
        assertThat(out.toString()).contains("family         llama");
    }

    @Test
    void wholeModelsAndAdaptersAreToldApart() throws Exception {
        Path base = model();
        String run = adapterRun(base).toString();
        String merged = folder.resolve("merged").toString();
        assertThat(execute("merge", "--adapter", base.toString(), "--output", merged))
                .isEqualTo(4);
        assertThat(err.toString()).contains("holds no adapter");
        assertThat(execute("merge", "--model", run, "--adapter", run, "--output", merged))
                .isEqualTo(4);
        assertThat(err.toString()).contains("is an adapter, and a whole model is needed here");
    }

    /// A run whose checkpoint is an adapter.
    private Path adapterRun(Path base) throws IOException {
        Path run = Files.createDirectories(folder.resolve("run"));
        Files.writeString(run.resolve("config.yaml"), "{}");
        AdapterConfig config = AdapterConfig.create(
                base.toString(), 2, 4, 0, new ModuleSelection.Named(List.of("q_proj")), false, false, false);
        try (Scope scope = Scope.open();
                LoadedModel loaded = LoadedModel.load(base, DType.FLOAT32, Device.CPU, false)) {
            AttachedAdapter.create(loaded.model(), base.toString(), config, 1)
                    .save(Files.createDirectories(run.resolve("checkpoints/step-3")));
        }
        return run;
    }

    @Test
    void showsDataWithoutAModel() throws Exception {
        String file = data("""
                {"prompt": "1 + 1", "completion": "2"}
                {"prompt": "1 + 1", "completion": "2"}
                {"prompt": "1 + 2", "completion": " "}
                """);
        assertThat(inspect(file)).isZero();
        assertThat(out.toString())
                .contains("rows       3", "form       prompt_completion", "duplicates 1", "empty completions: 1")
                .contains("prompt: \"1 + 1\"");
    }

    @Test
    void setsOffWhatIsTrained() throws Exception {
        String file = data("{\"prompt\": \"1 + 1\", \"completion\": \"2\"}\n");
        String model = model().toString();
        assertThat(inspect(file, "--model", model)).isZero();
        assertThat(out.toString()).contains("<|im_start|>assistant\n⟦2<|im_end|>⟧", "1 examples, ");
        assertThat(inspect(file, "--model", model, "--set", "data.loss_on=all")).isZero();
        assertThat(out.toString()).contains("<|endoftext|>⟦<|im_start|>user\n1 + 1");
        assertThat(inspect(file, "--model", model, "--table")).isZero();
        assertThat(out.toString()).containsPattern("\\d+ \\* '2'");
    }

    @Test
    void theConfigurationOfSftWillDo() throws Exception {
        String file = data("{\"q\": \"1 + 1\", \"a\": \"2\"}\n");
        Path yaml = folder.resolve("sft.yaml");
        Files.writeString(yaml, """
                model: %s
                data: {train: %s, columns: {prompt: q, completion: a}}
                """.formatted(model(), file));
        assertThat(inspect("--config", yaml.toString())).isZero();
        assertThat(out.toString()).contains("⟦2<|im_end|>⟧");
    }

    @Test
    void badPathsAreSaid() {
        assertThat(inspect(folder.resolve("nothing").toString())).isEqualTo(4);
        assertThat(inspect(folder.resolve("nothing.jsonl").toString())).isEqualTo(3);
        assertThat(inspect(folder.resolve("nothing/*.jsonl").toString())).isEqualTo(3);
        assertThat(inspect()).isEqualTo(2);
        assertThat(err.toString())
                .contains("no such file or directory", "no such file; check the path", "no file matches");
    }
}
