package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int world(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "world";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Align4j.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file));
    }

    @Test
    void aCorpusMadeInPartsIsTheSame() throws IOException {
        assertThat(world(
                        "corpus",
                        "--documents",
                        "20",
                        "--out",
                        folder.resolve("all.jsonl").toString()))
                .isZero();
        assertThat(world(
                        "corpus",
                        "--documents",
                        "5",
                        "--first",
                        "15",
                        "--out",
                        folder.resolve("last.jsonl").toString()))
                .isZero();
        assertThat(lines("all.jsonl"))
                .hasSize(20)
                .allSatisfy(line -> assertThat(line).startsWith("{\"text\":\""));
        assertThat(lines("last.jsonl")).isEqualTo(lines("all.jsonl").subList(15, 20));
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aTextCorpusHasAnEmptyLineAfterEachDocument() throws IOException {
        assertThat(world(
                        "corpus",
                        "--documents",
                        "7",
                        "--out",
                        folder.resolve("all.txt").toString()))
                .isZero();
        assertThat(lines("all.txt").stream().filter(String::isEmpty)).hasSize(7);
    }

    @Test
    void writesInstructionsOfChosenFamilies() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        assertThat(world(
                        "instructions",
                        "--count",
                        "4",
                        "--family",
                        "add,thank",
                        "--form",
                        "prompt",
                        "--out",
                        file.toString()))
                .isZero();
        assertThat(lines("rows.jsonl")).hasSize(4);
        assertThat(lines("rows.jsonl").get(1))
                .startsWith("{\"prompt\":\"")
                .contains(
                        "\"family\":\"thank\",\"split\":\"train\",\"bad_answer\":\"",
                        "\"gold_rewards\":[{\"type\":\"polite\"}");
    }

    @Test
    void showsWhatAnswersAreWorth() {
        assertThat(world("show", "--family", "bad_request", "--count", "1")).isZero();
        assertThat(out.toString()).contains("user: ", "assistant: ", "1.00 = fluency 1.00", "harmless 0.00");
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThat(world("corpus", "--out", "corpus.csv")).isEqualTo(2);
        assertThat(world(
                        "corpus",
                        "--documents",
                        "0",
                        "--out",
                        folder.resolve("c.txt").toString()))
                .isEqualTo(2);
        assertThat(world(
                        "corpus",
                        "--documents",
                        "1",
                        "--out",
                        folder.resolve("absent/c.txt").toString()))
                .isEqualTo(2);
        assertThat(world(
                        "instructions",
                        "--family",
                        "ad",
                        "--out",
                        folder.resolve("i.jsonl").toString()))
                .isEqualTo(2);
        assertThat(world()).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "neither .jsonl nor .txt",
                        "--documents: 0",
                        "cannot be written",
                        "did you mean add?",
                        "name a command");
        assertThat(folder).isEmptyDirectory();
    }
}
