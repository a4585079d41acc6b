package org.align4j.data.flan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.align4j.data.flan.prompt.Method;
import org.align4j.data.flan.prompt.NoisyChannel;
import org.align4j.data.flan.prompt.PromptType;
import org.align4j.data.flan.prompt.PromptedExample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Forms of prompts beside few-shot ones.
class PromptFormsTest {
    private static final String NATURAL = """
            {"Definition": ["Say the colour."], "Categories": ["Colours"],
             "Positive Examples": [{"input": "grass", "output": "green", "explanation": "Grass is green."},
              {"input": "sky", "output": "blue", "explanation": "On clear days."}],
             "Negative Examples": [{"input": "snow", "output": "black", "explanation": "Snow is white."}],
             "Instances": [{"id": "1", "input": "blood", "output": ["red"]}, {"id": "2", "input": "sky", "output": ["blue"]}]}
            """;

    @TempDir
    private Path folder;

    @Test
    void theDetailedFormHasDefinitionRightAndWrongExamples() {
        List<PromptedExample> prompts =
                new Fixture(folder).file("t.json", NATURAL).prompts("""
                        tasks: {t: {files: DATA/t.json, format: natural_instructions}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [2], detailed: 1, negatives: 1, inversion: 0}}}
                        """);

        assertThat(prompts).allMatch(example -> example.type() == PromptType.DETAILED);
        assertThat(prompts)
                .filteredOn(example -> example.completion().equals("red"))
                .singleElement()
                .satisfies(example -> assertThat(example.prompt()).isEqualTo("""
                        Definition: Say the colour.

                        Positive Example 1 -
                        Input: grass
                        Output: green
                        Explanation: Grass is green.

                        Positive Example 2 -
                        Input: sky
                        Output: blue
                        Explanation: On clear days.

                        Negative Example 1 -
                        Input: snow
                        Output: black
                        Explanation: Snow is white.

                        Now complete the following example -
                        Input: blood
                        Output:
                        """));
        // the demonstration with the asked input is not shown
        assertThat(prompts)
                .filteredOn(example -> example.completion().equals("blue"))
                .singleElement()
                .satisfies(example -> assertThat(example.prompt()).doesNotContain("Output: blue"));
    }

    @Test
    void theDetailedFormWithoutShotsIsTheDefinitionAlone() {
        List<PromptedExample> prompts =
                new Fixture(folder).file("t.json", NATURAL).prompts("""
                        tasks: {t: {files: DATA/t.json, format: natural_instructions}}
                        mixtures: {all: {prompts: {few_shot: 0, detailed: 1, negatives: 1, inversion: 0}}}
                        """);

        assertThat(prompts).hasSize(2).allSatisfy(example -> {
            assertThat(example.shots()).isZero();
            assertThat(example.prompt()).startsWith("Definition: Say the colour.\n\nNow complete");
        });
    }

    @Test
    void longDetailedPromptsShowFewerExamples() {
        List<PromptedExample> prompts =
                new Fixture(folder).file("t.json", NATURAL).prompts("""
                        tasks: {t: {files: DATA/t.json, format: natural_instructions}}
                        mixtures:
                          all: {prompts: {few_shot: 1, shots: [2], detailed: 1, negatives: 1, inversion: 0, max_characters: 180}}
                        """);

        assertThat(prompts).hasSize(2).allSatisfy(example -> {
            assertThat(example.prompt()).hasSizeLessThanOrEqualTo(180);
            assertThat(example.shots()).isEqualTo(1);
        });
    }

    @Test
    void inversionGivesTheAnswerAndWantsTheQuestion() {
        List<PromptedExample> prompts = new Fixture(folder)
                .file("a.tsv", "How many?\tseven\tI counted.\n")
                .prompts("""
                        examples: 200
                        tasks: {t: {files: DATA/a.tsv, format: cot}}
                        mixtures: {all: {prompts: {few_shot: 0, reasoning: 0.5, inversion: 1}}}
                        """);

        assertThat(prompts).allSatisfy(example -> {
            assertThat(example.method()).isEqualTo(Method.INVERTED);
            assertThat(example.completion()).isEqualTo("How many?");
            assertThat(example.prompt()).contains("seven").doesNotContain("How many?");
            assertThat(example.prompt().contains("I counted.")).isEqualTo(example.type() == PromptType.COT_ZERO_SHOT);
        });
    }

    @Test
    void theChannelGivesTheLabelAndWantsTheInput() {
        List<PromptedExample> prompts = new Fixture(folder).rendered("a", 20, 2).prompts("""
                        tasks: {t: {files: DATA/a.jsonl, format: p3}}
                        mixtures: {all: {prompts: {few_shot: 1, shots: [3], inversion: 0, channel: 1}}}
                        """);

        assertThat(prompts).allSatisfy(example -> {
            assertThat(example.method()).isEqualTo(Method.CHANNEL);
            assertThat(example.prompt()).matches("(class \\d\na question \\d+\\?\n\n){3}class \\d\n");
            assertThat(example.completion()).matches("a question \\d+\\?");
        });
    }

    @Test
    void theChannelScoresTheInputUnderEveryLabel() {
        try (Mixture mixture = new Fixture(folder).rendered("a", 20, 3).open("""
                tasks: {t: {files: DATA/a.jsonl, format: p3}}
                mixtures: {all: {prompts: {few_shot: 1, shots: [4]}}}
                """)) {
            NoisyChannel.Question question =
                    mixture.prompter(mixture.plan().entries().getFirst()).channel(0);

            assertThat(question.labels()).containsExactlyInAnyOrder("class 0", "class 1", "class 2");
            assertThat(question.candidates())
                    .hasSize(3)
                    .allSatisfy(candidate -> assertThat(candidate.completion())
                            .isEqualTo(question.candidates().getFirst().completion()));
            for (int i = 0; i < 3; i++) {
                String prompt = question.candidates().get(i).prompt();
                assertThat(prompt).endsWith(question.labels().get(i) + "\n");
                // the examples before it are the same for every label
                assertThat(prompt.substring(0, prompt.lastIndexOf("class")))
                        .isEqualTo(question.candidates().getFirst().prompt().substring(0, prompt.lastIndexOf("class")));
            }
            int number = Integer.parseInt(
                    question.candidates().getFirst().completion().replaceAll("\\D", ""));
            assertThat(question.labels().get(question.right())).isEqualTo("class " + number % 3);
        }
    }

    @Test
    void templatesSpeakTheExamplesLanguage() {
        List<PromptedExample> prompts = new Fixture(folder).file("a.jsonl", """
                        {"inputs": "Wer?", "targets": "Ich", "language": "de"}
                        {"inputs": "Who?", "targets": "Me", "language": "en"}
                        {"inputs": "Vem?", "targets": "Jag", "language": "sv"}
                        """).prompts("""
                        examples: 300
                        tasks: {t: {files: DATA/a.jsonl, format: xp3, templates: multilingual}}
                        mixtures: {all: {prompts: {few_shot: 0, inversion: 0}}}
                        """);

        assertThat(prompts).allSatisfy(example -> {
            String expected = example.language().equals("de") ? "Frage|Beantworte" : "Question|Answer|Task";
            assertThat(example.prompt()).containsPattern(expected);
        });
    }

    @Test
    void templatesThatNeedOptionsStandWhereTheyAreShown() {
        List<PromptedExample> prompts = new Fixture(folder)
                .file(
                        "own.yaml",
                        "answer: [{prompt: \"{input}\"}, {prompt: \"Pick. {input}{options}\", needs: [options]}]")
                .file("a.tsv", "Is it?\\nOptions:\\n- yes\\n- no\tyes\tIt is.\n")
                .prompts("""
                        examples: 200
                        templates: {own: DATA/own.yaml}
                        tasks: {t: {files: DATA/a.tsv, format: cot, templates: own}}
                        mixtures: {all: {prompts: {few_shot: 0, reasoning: 0, inversion: 0, options: 0.5}}}
                        """);

        assertThat(prompts)
                .anyMatch(example -> example.prompt().startsWith("Pick."))
                .allMatch(example ->
                        example.prompt().startsWith("Pick.") == example.prompt().contains("yes"));
    }

    @Test
    void spanCorruptionNamesWhatItCutOut() {
        List<PromptedExample> prompts = new Fixture(folder)
                .file(
                        "a.txt",
                        "the quick brown fox jumps over the lazy dog and runs far into the old green wood at dawn")
                .prompts("""
                        examples: 300
                        tasks: {t: {files: DATA/a.txt, format: text}}
                        mixtures: {all: {prompts: {objectives: {causal: 0, prefix: 1, span_corruption: 1}}}}
                        """);

        String text = "the quick brown fox jumps over the lazy dog and runs far into the old green wood at dawn";
        assertThat(prompts).allSatisfy(example -> {
            if (example.method() == Method.PREFIX) {
                assertThat(example.prompt() + example.completion()).isEqualTo(text);
                assertThat(example.prompt()).isNotEmpty().doesNotEndWith(" ");
            } else {
                assertThat(filledIn(example)).isEqualTo(text);
            }
        });
        assertThat(prompts).extracting(PromptedExample::method).contains(Method.PREFIX, Method.SPAN_CORRUPTION);
    }

    private static String filledIn(PromptedExample example) {
        List<String> words = new ArrayList<>(Arrays.asList(example.prompt().split(" ")));
        String[] spans = example.completion().split(" ?<extra_id_\\d+> ?");
        LongStream.range(1, spans.length)
                .forEach(i -> words.set(words.indexOf("<extra_id_" + (i - 1) + ">"), spans[(int) i]));
        return String.join(" ", words);
    }
}
