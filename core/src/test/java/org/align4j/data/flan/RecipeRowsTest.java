package org.align4j.data.flan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Recipes in the place of data files.
class RecipeRowsTest {
    @TempDir
    private Path folder;

    private static List<Object> examples(String name, DataReport report) {
        List<Object> contents = new ArrayList<>();
        try (Rows rows = RecipeRows.open(List.of(name), ReadOptions.DEFAULT, report)) {
            new ExampleReader(FormatOptions.DEFAULT, report)
                    .readAll(rows)
                    .forEach(example -> contents.add(example.content()));
        }
        return contents;
    }

    @Test
    void givesWhatTheFilesWouldHave() {
        Fixture fixture = new Fixture(folder)
                .rendered("a", 60, 3)
                .rendered("b", 9, 2)
                .file("t.txt", "one two three four five six seven eight nine ten eleven twelve");
        String recipe = """
                examples: 300
                shard_examples: 70
                tasks: {t: {files: DATA/*.jsonl, format: p3}, u: {files: DATA/t.txt, format: text}}
                """;
        try (Mixture mixture = fixture.open(recipe)) {
            new MixWriter(mixture, folder.resolve("out"), written -> {}, () -> false).write(0, 1, 2);
        }

        DataReport report = new DataReport();
        List<Object> direct = examples(folder.resolve("recipe.yaml").toString(), report);

        assertThat(direct).hasSize(300).isEqualTo(examples(folder.resolve("out") + "/*.zst", new DataReport()));
        assertThat(report.rowsRead()).isEqualTo(300);
    }

    @Test
    void textToGoOnWithIsPlainText() {
        new Fixture(folder)
                .file("t.txt", "one two three four five six seven eight")
                .file("recipe.yaml", """
                        tasks: {u: {files: DATA/t.txt, format: text}}
                        mixtures: {all: {prompts: {objectives: {causal: 1, prefix: 0, span_corruption: 0}}}}
                        """.replace("DATA", folder.toString()));
        DataReport report = new DataReport();
        try (Rows rows = RecipeRows.open(List.of(folder + "/recipe.yaml"), ReadOptions.DEFAULT, report)) {
            assertThat(new ExampleReader(FormatOptions.DEFAULT, report).readAll(rows))
                    .singleElement()
                    .isInstanceOf(Example.PlainText.class);
        }
    }

    @Test
    void whatTheRecipeLeavesOutIsToldAndNoFault() {
        new Fixture(folder)
                .file("own.yaml", "answer: [{prompt: \"{input} {hint}\"}]")
                .file("x.jsonl", "{\"q\": \"a\", \"y\": \"b\", \"hint\": \"h\"}\n{\"q\": \"c\", \"y\": \"d\"}\n")
                .file("recipe.yaml", """
                        tasks: {t: {files: DATA/x.jsonl, format: {type: columns, input: q, target: y}, templates: own}}
                        templates: {own: DATA/own.yaml}
                        mixtures: {all: {prompts: {few_shot: 0, inversion: 0}}}
                        """.replace("DATA", folder.toString()));
        DataReport report = new DataReport();
        List<Object> read = examples(folder + "/recipe.yaml", report);

        assertThat(read).hasSize(1);
        assertThat(report.faults()).isZero();
        assertThat(report.summary()).contains("on_error", "x.jsonl:2: t/x: template own/answer/0 asks for {hint}");
    }

    @Test
    void allFilesBehindARecipeAreKnown() {
        new Fixture(folder)
                .rendered("a", 2, 2)
                .rendered("eval", 2, 2)
                .file("own.yaml", "answer: [{prompt: \"{input}\"}]")
                .file("recipe.yaml", """
                        tasks: {t: {files: DATA/a.jsonl, format: p3, templates: own}}
                        templates: {own: DATA/own.yaml}
                        """.replace("DATA", folder.toString()));

        assertThat(RecipeRows.files(List.of(folder + "/recipe.yaml", folder + "/eval.jsonl")))
                .containsExactly(
                        folder.resolve("recipe.yaml"),
                        folder.resolve("a.jsonl"),
                        folder.resolve("own.yaml"),
                        folder.resolve("eval.jsonl"));
    }

    @Test
    void recipesAndFilesDoNotStandTogether() {
        assertThatThrownBy(() -> RecipeRows.open(List.of("a.yaml", "b.jsonl"), ReadOptions.DEFAULT, new DataReport()))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("not both");
    }
}
