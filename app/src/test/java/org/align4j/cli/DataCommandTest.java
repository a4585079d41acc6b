package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeRecipe() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            lines.append("{\"prompt\": \"What is %d plus 1?\", \"completion\": \"%d\"}%n".formatted(i, i + 1));
        }
        Files.writeString(folder.resolve("sums.jsonl"), lines.toString());
        Files.writeString(folder.resolve("recipe.yaml"), """
                tasks: {t: {files: "{data}/sums.jsonl", format: p3}}
                mixtures: {all: {prompts: {few_shot: 0.5, shots: [2], inversion: 0}}}
                """);
    }

    private int data(String... arguments) {
        List<String> all = new java.util.ArrayList<>(List.of("data"));
        all.addAll(List.of(arguments));
        return Align4j.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    private String recipe() {
        return folder.resolve("recipe.yaml").toString();
    }

    @Test
    void mixesAndExaminesItsOwnMixture() {
        Path mixture = folder.resolve("mixture");
        int mixed = data("mix", recipe(), "--data", folder.toString(), "--out", mixture.toString());

        assertThat(mixed).as(err.toString()).isZero();
        assertThat(out.toString()).contains("40 examples of 1 tasks", "few_shot", "zero_shot");
        assertThat(mixture.resolve("manifest.json")).exists();

        int healthy = data(
                "doctor", mixture.toString(), "--html", folder.resolve("r.html").toString());
        assertThat(healthy).as(out.toString()).isZero();
        assertThat(folder.resolve("r.html")).exists();
    }

    @Test
    void theDoctorsExitCodeTellsOfFaults() throws IOException {
        Path ill = folder.resolve("ill.jsonl");
        Files.writeString(ill, "{\"prompt\": \"a\", \"completion\": \"b\"}\n".repeat(2));

        assertThat(data("doctor", ill.toString())).isEqualTo(3);
        assertThat(out.toString()).contains("FAULT    exact duplicates", "ill.jsonl:2 equals");
        assertThat(data("doctor", ill.toString(), "--tolerate", "0.5")).isZero();
    }

    @Test
    void showsWhatTheModelSees() {
        assertThat(data("show", recipe(), "--data", folder.toString(), "--type", "few_shot"))
                .isZero();

        assertThat(out.toString()).containsPattern("(?s)all · t/sums · few_shot · plain · .* 2 shots.*⟦\\d+⟧");
        assertThat(out.toString()).doesNotContain("zero_shot");
    }

    @Test
    void refusesUnknownKindsOfPromptsAndTasks() {
        assertThat(data("show", recipe(), "--data", folder.toString(), "--type", "fewshot"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("fewshot");
        assertThat(data("show", recipe(), "--data", folder.toString(), "--task", "x/*"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--task x/*");
        assertThat(data("show", recipe(), "--data", folder.toString(), "--method", "channel"))
                .isZero();
        assertThat(out.toString()).contains("no such prompt");
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertThat(data("synthesize", "self_instruct", "--seeds", "s", "--teacher", "t", "--out", "o", "--number", "0"))
                .isEqualTo(2);
        assertThat(data("distill", "p.jsonl", "--teacher", "t", "--out", "o", "--max-tokens", "0"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--number", "--max-tokens").doesNotContain("a fault of the program");
    }

    @Test
    void refusesAWrongPart() {
        assertThat(data("mix", recipe(), "--out", folder.resolve("m").toString(), "--part", "3/2"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--part 3/2");
    }

    @Test
    void missingDataIsADataError() {
        assertThat(data("mix", recipe(), "--data", folder.resolve("none").toString(), "--out", folder + "/m"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("sums.jsonl");
        assertThat(folder.resolve("m")).doesNotExist();
    }

    @Test
    void theDocumentHasTheTableOfRecipes() throws IOException {
        Path root = Files.isDirectory(Path.of("configs")) ? Path.of("") : Path.of("..");
        int code = data("recipes", "--dir", root.resolve("configs/recipes").toString(), "--markdown");

        assertThat(code).as(err.toString()).isZero();
        assertThat(Files.readString(root.resolve("docs/collections.md")))
                .contains(out.toString().strip());
    }
}
