package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.align4j.error.AlignException;
import org.align4j.run.RunDirectory;
import org.align4j.run.RunState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class Align4jTest {
    record Config(long seed) {}

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(CommandLine commandLine, String... arguments) {
        return commandLine
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private int execute(String... arguments) {
        return execute(Align4j.commandLine(), arguments);
    }

    /// A command that fails as it is told.
    @CommandLine.Command(name = "fail")
    record Failing(Throwable failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            switch (failure) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                default -> throw new IllegalArgumentException(failure);
            }
        }
    }

    private int failing(Throwable failure, String... arguments) {
        return execute(Align4j.commandLine().addSubcommand(new Failing(failure)), arguments);
    }

    @Test
    void knownFailuresAreOneMessageAndTheirExitCode() {
        assertThat(failing(new AlignException.Data("a.jsonl:3: no \"prompt\"; add one"), "fail"))
                .isEqualTo(3);
        assertThat(err).hasToString("align4j: a.jsonl:3: no \"prompt\"; add one\n");
        assertThat(failing(new AlignException.Model("m: absent"), "fail")).isEqualTo(4);
        assertThat(failing(new CancellationException(), "fail")).isEqualTo(130);
        assertThat(failing(new OutOfMemoryError("Java heap space"), "fail")).isEqualTo(5);
        assertThat(out).hasToString("");
    }

    @Test
    void debugPrintsTheTrace() {
        assertThat(failing(new AlignException.Data("bad"), "--debug", "fail")).isEqualTo(3);
        assertThat(err.toString()).contains("AlignException$Data: bad", "at org.align4j.cli.Align4jTest");
    }

    @Test
    void bugsSayWhereTheirTraceIs() throws Exception {
        assertThat(failing(new IllegalStateException("odd"), "fail")).isEqualTo(1);
        String last = err.toString().strip().lines().toList().getLast();
        Path trace = Path.of(last.substring(last.indexOf('/')));
        assertThat(Files.readString(trace)).contains("IllegalStateException: odd", "at org.align4j.cli.Align4jTest");
        Files.delete(trace);
    }

    @Test
    void wrongUsageExitsWithTwo() {
        assertThat(execute("initt")).isEqualTo(2);
        assertThat(err.toString()).contains("initt").doesNotContain("\tat ");
        assertThat(execute()).isEqualTo(2);
        assertThat(execute("init")).isEqualTo(2);
    }

    @Test
    void initRefusesToOverwrite() throws Exception {
        Path file = folder.resolve("a.yaml");
        assertThat(execute("init", "sft", "--output", file.toString())).isZero();
        assertThat(Files.readString(file)).contains("model:");
        assertThat(execute("init", "sft", "--output", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("exists already");
    }

    @Test
    void listsRunsWithTheirState() {
        try (RunDirectory run = RunDirectory.create(folder.resolve("first"), new Config(1), Map.of())) {
            run.metrics().append(7, Map.of("loss", 1.25));
            run.state(new RunState(RunState.Kind.FINISHED, 7, 7, ""));
        }
        assertThat(execute("runs", folder.toString())).isZero();
        assertThat(out.toString()).containsPattern("first +finished +7/7 +1\\.2500");
        assertThat(execute("report", folder.resolve("first").toString())).isZero();
        assertThat(folder.resolve("first/report.html")).exists();
    }

    @Test
    void versionIsPrinted() {
        assertThat(execute("--version")).isZero();
        assertThat(out.toString()).startsWith("align4j ");
    }
}
