package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.run.Checkpoints;
import org.align4j.run.RunFiles;
import org.align4j.run.RunState;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `align4j sft` says to bad input: one message with place and remedy, an exit code, and
/// nothing lost.
class SftCommandTest {
    @TempDir
    Path folder;

    private Path model;
    private Path data;
    private String said = "";

    @BeforeEach
    void makeModelAndData() throws IOException {
        model = TinyModelFolder.save(folder.resolve("model"), 1);
        data = TinyModelFolder.sums(folder.resolve("sums.jsonl"), 12, 1);
    }

    /// Runs the command with `key=value` overrides and other options; its exit code.
    private int sft(String... arguments) {
        List<String> all = new ArrayList<>(List.of("sft"));
        for (String setting : List.of(
                "model=" + model, "output=" + folder.resolve("run"), "data.train=[" + data + "]", "max_steps=3")) {
            all.addAll(List.of("--set", setting));
        }
        for (String argument : arguments) {
            all.addAll(argument.startsWith("--") ? List.of(argument) : List.of("--set", argument));
        }
        StringWriter err = new StringWriter();
        int code = Align4j.commandLine()
                .setErr(new PrintWriter(err, true))
                .setOut(new PrintWriter(new StringWriter(), true))
                .execute(all.toArray(String[]::new));
        said = err.toString();
        return code;
    }

    /// Fails with that code, one message with all of `words`, no trace, and no run folder in the
    /// way.
    private void fails(int code, List<String> settings, String... words) {
        int actual = sft(settings.toArray(String[]::new));
        assertThat(said)
                .contains(words)
                .startsWith("align4j: ")
                .doesNotContain("\tat ")
                .doesNotContain("Exception");
        assertThat(actual).as(said).isEqualTo(code);
        assertThat(folder.resolve("run/config.yaml")).doesNotExist();
    }

    @Test
    void trainsResumesAndRefusesToOverwrite() {
        assertThat(sft()).as(said).isZero();
        assertThat(sft()).isEqualTo(2);
        assertThat(said).contains("holds a run already", "--resume", "another output");
        assertThat(sft("--resume")).as(said).isZero();
        assertThat(sft("--resume", "learning_rate=1")).isEqualTo(2);
        assertThat(said).contains("learning_rate: was 2.0E-5, is 1.0");
        RunFiles run = new RunFiles(folder.resolve("run"));
        assertThat(run.checkpoints().newest()).isPresent();
        assertThat(run.state().kind()).isEqualTo(RunState.Kind.FINISHED);
    }

    @Test
    void nothingToResume() {
        fails(2, List.of("--resume"), "holds no run to resume");
    }

    @Test
    void modelThatIsNotThere() {
        fails(4, List.of("model=" + folder.resolve("absent")), "absent: no such file or directory");
    }

    @Test
    void weightsThatAreNotThere() throws IOException {
        Files.delete(model.resolve("model.safetensors"));
        fails(4, List.of(), model.toString(), "safetensors");
    }

    @Test
    void truncatedWeights() throws IOException {
        Path file = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
        fails(4, List.of(), file.toString());
        Files.write(file, Arrays.copyOf(bytes, 5));
        fails(4, List.of(), file.toString());
    }

    @Test
    void headerLengthThatOverflows() throws IOException {
        Path file = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Long.MAX_VALUE);
        Files.write(file, bytes);
        fails(4, List.of(), file.toString());
    }

    @Test
    void tensorsThatDoNotFitTheConfiguration() throws IOException {
        Path config = model.resolve("config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"intermediate_size\": 32", "\"intermediate_size\": 48"));
        fails(4, List.of(), "mlp.up_proj.weight\" has shape [32, 16]", "[48, 16]");
        Files.writeString(config, text.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"));
        fails(4, List.of(), "model.layers.2.mlp.up_proj.weight\" is missing");
    }

    @Test
    void unknownArchitectureAndSettingsOfTheModel() throws IOException {
        Path config = model.resolve("config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"llama\"", "\"lama\""));
        fails(4, List.of(), "config.json", "lama");
        Files.writeString(config, text.replace("\"mlp_bias\"", "\"mlp_bios\""));
        fails(4, List.of(), "config.json", "mlp_bios");
        Files.writeString(config, "{\"model_type\": ");
        fails(4, List.of(), "config.json");
    }

    @Test
    void allFaultsOfTheConfigurationTogether() throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), """
                learning_rat: 1e-5
                precision: fp8
                data: {trian: x.jsonl, limit: many}
                """);
        StringWriter err = new StringWriter();
        int code = Align4j.commandLine().setErr(new PrintWriter(err, true)).execute("sft", "--config", file.toString());
        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .contains("a.yaml:1", "learning_rate", "a.yaml:2", "fp8", "a.yaml:3", "train", "limit", "model")
                .doesNotContain("\tat ");
    }

    @Test
    void wrongSettings() {
        fails(2, List.of("learning_rate"), "learning_rate");
        fails(2, List.of("=3"), "=3");
        fails(2, List.of("data.train=[a"), "data.train");
        fails(2, List.of("batch_size=-1"), "batch_size must be ≥ 0");
        fails(2, List.of("learning_rate=fast"), "learning_rate", "fast");
        fails(2, List.of("optimizer=adamv"), "adamw");
        fails(2, List.of("schedule=linaer"), "linear");
        fails(2, List.of("optimizer_options={beta3: 1}"), "beta3");
        fails(2, List.of("eval_every=2"), "data.eval_count");
        fails(2, List.of("device=cuda:0"), "device: cuda:0 asked for", "device: cpu");
        fails(2, List.of("device=gpu"), "cpu or cuda:N");
        fails(2, List.of("batch_size=0", "max_tokens=4"), "max_tokens", "longest example");
        assertThat(sft("--config", "absent.yaml")).isEqualTo(2);
    }

    @Test
    void dataThatAreNotThere() {
        fails(3, List.of("data.train=[nowhere.jsonl]", "data.eval=[nor/*.csv]"), "nowhere.jsonl", "nor/*.csv");
    }

    @Test
    void unusableRowsAreCountedByTheirLines() throws IOException {
        Files.writeString(data, """
                {"prompt": "1+1=", "completion": "2"}
                {"prompt": "1+2=", "completion":
                {"prompt": "1+3=", "completion": 4.5}
                {"prompt": "1+4=", "completion": ""}
                {"prompt": "1+5=", "answer": "6"}
                {"prompt": "%s", "completion": "cut off"}
                """.formatted("long ".repeat(300)));
        fails(
                3,
                List.of(),
                "sums.jsonl:2",
                "sums.jsonl:3",
                "sums.jsonl:4",
                "sums.jsonl:5",
                "sums.jsonl:6",
                "empty completions: 1",
                "without a trained token: 1",
                "data.on_error: skip");
        assertThat(sft("data.on_error=skip")).as(said).isZero();
    }

    @Test
    void noRowLeft() throws IOException {
        Files.writeString(data, "{\"prompt\": \"1\", \"completion\": \"\"}\n");
        fails(3, List.of("data.on_error=skip"), "no example to use", "sums.jsonl:1");
        Files.writeString(data, "");
        fails(3, List.of(), "sums.jsonl");
    }

    @Test
    void longSequencesAreCutOrDroppedAsToldTo() throws IOException {
        Files.writeString(
                data,
                "{\"prompt\": \"a\", \"completion\": \"" + "b".repeat(90)
                        + "\"}\n{\"prompt\": \"a\", \"completion\": \"b\"}\n");
        assertThat(sft("data.max_length=40", "data.truncate=drop")).as(said).isZero();
        assertThat(sft("output=" + folder.resolve("other"), "data.max_length=9", "data.truncate=drop"))
                .isEqualTo(3);
        assertThat(said).contains("longer than the maximum, dropped: 2", "sums.jsonl:1", "data.max_length is 9");
    }

    @Test
    void templateThatRaises() throws IOException {
        TinyModelFolder.template(model, "{{ raise_exception('roles must alternate') }}");
        fails(3, List.of(), "sums.jsonl:1", "roles must alternate", "chat template refuses: 12");
    }

    @Test
    void brokenTemplate() throws IOException {
        TinyModelFolder.template(model, "{% for m in messages %}");
        fails(4, List.of(), "template");
    }

    @Test
    void lossThatIsNoNumber() {
        assertThat(sft("learning_rate=1e38", "save_every=1")).isEqualTo(5);
        assertThat(said)
                .contains("after step", "Lower learning_rate", "sums.jsonl:")
                .doesNotContain("\tat ");
        RunFiles run = new RunFiles(folder.resolve("run"));
        assertThat(run.state().kind()).isEqualTo(RunState.Kind.FAILED);
    }

    @Test
    void outputThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        fails(2, List.of("output=" + file), "is a file");
        assertThat(sft("output=" + file.resolve("below"))).isEqualTo(4);
        assertThat(said).contains("cannot be written").doesNotContain("\tat ");
        assertThat(file).hasContent("x");
    }

    @Test
    void earlierCheckpointSurvivesAFailedResume() throws IOException {
        assertThat(sft()).as(said).isZero();
        Checkpoints.Checkpoint last =
                new RunFiles(folder.resolve("run")).checkpoints().newest().orElseThrow();
        byte[] weights = Files.readAllBytes(last.folder().resolve("model.safetensors"));
        Files.writeString(data, "\n", java.nio.file.StandardOpenOption.APPEND);
        assertThat(sft("--resume")).isEqualTo(2);
        assertThat(said).contains("sums.jsonl: its content was another");
        assertThat(last.folder().resolve("model.safetensors")).hasBinaryContent(weights);
    }
}
