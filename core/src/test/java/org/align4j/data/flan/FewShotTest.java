package org.align4j.data.flan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.align4j.data.flan.prompt.PromptType;
import org.align4j.data.flan.prompt.PromptedExample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Prompts with examples before the question.
class FewShotTest {
    private static final Pattern QUESTION = Pattern.compile("a question (\\d+)\\?");
    private static final Pattern ANSWER = Pattern.compile("class (\\d)");

    @TempDir
    private Path folder;

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    @Test
    void noExampleIsTheQuestionItselfOrShownTwice() {
        List<PromptedExample> prompts = new Fixture(folder).rendered("a", 30, 3).prompts("""
                        examples: 5000
                        tasks: {t: {files: DATA/a.jsonl, format: p3}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [16, 5, 1], inversion: 0}}}
                        """);

        assertThat(prompts).allSatisfy(example -> {
            List<String> questions = found(QUESTION, example.prompt());
            assertThat(questions).doesNotHaveDuplicates().hasSize(example.shots() + 1);
            assertThat(example.shots()).isIn(1, 5, 16);
        });
    }

    @Test
    void rowsWithTheSameInputGiveNothingAway() {
        // every question stands in the file three times
        String row = "{\"prompt\": \"a question %d?\", \"completion\": \"class %d\"}\n";
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            lines.append(row.formatted(i % 10, i % 10));
        }
        List<PromptedExample> prompts =
                new Fixture(folder).file("a.jsonl", lines.toString()).prompts("""
                        examples: 2000
                        tasks: {t: {files: DATA/a.jsonl, format: p3}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [5], inversion: 0}}}
                        """);

        assertThat(prompts)
                .allSatisfy(example -> assertThat(found(ANSWER, example.prompt()))
                        .hasSize(5)
                        .doesNotContain(example.completion().substring("class ".length())));
    }

    @Test
    void balancedExamplesTakeClassesInTurns() {
        // nine tenths are of one class
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            lines.append("{\"prompt\": \"a question %d?\", \"completion\": \"class %d\"}%n"
                    .formatted(i, i % 10 == 0 ? 1 + i / 10 % 2 : 0));
        }
        List<PromptedExample> prompts =
                new Fixture(folder).file("a.jsonl", lines.toString()).prompts("""
                        examples: 1000
                        tasks: {t: {files: DATA/a.jsonl, format: p3}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [6], inversion: 0, balance: true}}}
                        """);

        assertThat(prompts).allSatisfy(example -> {
            List<String> answers = found(ANSWER, example.prompt());
            for (String one : List.of("0", "1", "2")) {
                assertThat(answers.stream().filter(one::equals)).hasSize(2);
            }
        });
        Set<String> firsts = new HashSet<>();
        prompts.forEach(example -> firsts.add(found(ANSWER, example.prompt()).getFirst()));
        assertThat(firsts).containsExactlyInAnyOrder("0", "1", "2");
    }

    @Test
    void rowsThatFailATemplateAreNotShownAndStopNothing() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            lines.append("{\"text\": \"a question %d?\", \"label\": %d}%n".formatted(i, i % 3 == 0 ? 9 : i % 2));
        }
        List<PromptedExample> prompts = new Fixture(folder)
                .file("a.jsonl", lines.toString())
                .file("templates.yaml", """
                        templates:
                          1: !Template {name: pick, jinja: "{{text}} ||| {{answer_choices[label].strip()}}", answer_choices: "class 0 ||| class 1"}
                        """)
                .prompts("""
                        examples: 120
                        tasks: {t: {files: DATA/a.jsonl, format: {type: promptsource, templates: DATA/templates.yaml}}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [3], inversion: 0}}}
                        """);

        assertThat(prompts)
                .hasSize(80)
                .allSatisfy(example -> assertThat(example.shots()).isEqualTo(3));
    }

    @Test
    void templatesOverColumnsShowExamplesToo() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append("{\"q\": \"a question %d?\", \"id\": %d, \"y\": \"class %d\"}%n".formatted(i / 2, i, i / 2));
        }
        List<PromptedExample> prompts = new Fixture(folder)
                .file("set.yaml", "answer: [{prompt: \"{q} Answer:\"}]")
                .file("a.jsonl", lines.toString())
                .prompts("""
                        examples: 400
                        templates: {own: DATA/set.yaml}
                        tasks: {t: {files: DATA/a.jsonl, format: {type: columns, target: y}, templates: own}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [4], inversion: 0}}}
                        """);

        assertThat(prompts)
                .allSatisfy(example -> assertThat(found(QUESTION, example.prompt()))
                        .doesNotHaveDuplicates()
                        .hasSize(5));
    }

    @Test
    void separatorsStandWhereTheTemplateSays() {
        List<PromptedExample> prompts = new Fixture(folder)
                .file("set.yaml", """
                        answer: [{prompt: "Q {input}", completion: "A {target}", join: " | ", between: " ; ", intro: "Go: "}]
                        """)
                .file(
                        "a.jsonl",
                        "{\"prompt\": \"x\", \"completion\": \"1\"}\n{\"prompt\": \"y\", \"completion\": \"2\"}\n")
                .prompts("""
                        templates: {own: DATA/set.yaml}
                        tasks: {t: {files: DATA/a.jsonl, format: p3, templates: own}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [1], inversion: 0}}}
                        """);

        assertThat(prompts)
                .extracting(example -> example.prompt() + example.completion())
                .containsExactlyInAnyOrder("Go: Q x | A 1 ; Q y | A 2", "Go: Q y | A 2 ; Q x | A 1");
    }

    @Test
    void longPromptsShowFewerExamples() {
        List<PromptedExample> prompts = new Fixture(folder).rendered("a", 30, 3).prompts("""
                        examples: 500
                        tasks: {t: {files: DATA/a.jsonl, format: p3}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [16], inversion: 0, max_characters: 120}}}
                        """);

        assertThat(prompts).allSatisfy(example -> {
            assertThat(example.prompt().length()).isLessThanOrEqualTo(120);
            assertThat(example.shots()).isBetween(1, 4);
        });
    }

    @Test
    void askingForReasonsShowsExamplesWithReasons() {
        List<PromptedExample> prompts = new Fixture(folder)
                .file("a.tsv", "Q1\tyes\tR1\nQ2\tno\t\nQ3\tno\tR3\nQ4\tyes\tR4\n")
                .prompts("""
                        examples: 400
                        tasks: {t: {files: DATA/a.tsv, format: cot}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [2], reasoning: 1, inversion: 0}}}
                        """);

        assertThat(prompts)
                .filteredOn(example -> example.type() == PromptType.COT_FEW_SHOT)
                .hasSize(300)
                .allSatisfy(example -> {
                    assertThat(example.prompt()).doesNotContain("Q2");
                    assertThat(example.prompt().split("R[134]", -1)).hasSize(3);
                    assertThat(example.completion()).containsPattern("R[134]");
                });
    }
}
