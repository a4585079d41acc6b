package org.align4j.data.flan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.data.SkipReason;
import org.align4j.data.flan.task.TaskData;
import org.align4j.data.flan.task.TaskExample;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each published format gives the examples that it holds.
class TaskFormatTest {
    @TempDir
    private Path folder;

    private List<TaskExample> examples(String file, String content, String format) {
        try (Mixture mixture = new Fixture(folder).file(file, content).open("""
                tasks: {t: {files: DATA/%s, format: %s}}
                """.formatted(file, format))) {
            TaskData task = mixture.tasks().getFirst();
            TaskData.Cursor cursor = task.cursor();
            return IntStream.range(0, task.size()).mapToObj(cursor::get).toList();
        }
    }

    @Test
    void p3LosesItsEndMark() {
        List<TaskExample> read = examples("a.jsonl", """
                {"prompt": "Q?\\n", "completion": " yes<|endoftext|>"}
                """, "p3");

        assertThat(read).singleElement().satisfies(example -> {
            assertThat(example.input()).isEqualTo("Q?\n");
            assertThat(example.target()).isEqualTo("yes");
            assertThat(example.source().line()).isEqualTo(1);
            assertThat(example.source().file()).endsWith("a.jsonl");
        });
    }

    @Test
    void chainOfThoughtSetsHaveOptionsAndRationales() {
        List<TaskExample> read = examples(
                "a.tsv", "Which?\\nOptions:\\n- (A) one\\n- (B) two\t(B)\tTwo it is.\nPlain?\tyes\tBecause.\n", "cot");

        assertThat(read.get(0).input()).isEqualTo("Which?");
        assertThat(read.get(0).choices()).containsExactly("(A) one", "(B) two");
        assertThat(read.get(0).target()).isEqualTo("(B)");
        assertThat(read.get(0).rationale()).isEqualTo("Two it is.");
        assertThat(read.get(1).choices()).isEmpty();
    }

    @Test
    void gsm8kPartsReasoningFromResult() {
        List<TaskExample> read = examples("a.jsonl", """
                {"question": "2 and 3?", "answer": "2+3 = <<2+3=5>>5 in all.\\n#### 5"}
                """, "gsm8k");

        assertThat(read.getFirst().rationale()).isEqualTo("2+3 = 5 in all.");
        assertThat(read.getFirst().target()).isEqualTo("5");
    }

    @Test
    void seedTasksGiveTheirInstances() {
        List<TaskExample> read = examples("a.jsonl", """
                {"instruction": "Add.", "instances": [{"input": "1 2", "output": "3"}, {"input": "", "output": "?"}]}
                """, "self_instruct");

        assertThat(read).extracting(TaskExample::input).containsExactly("Add.\n\n1 2", "Add.");
    }

    @Test
    void naturalInstructionsHaveADefinitionAndDemonstrations() {
        String json = """
                {"Definition": ["Do it."], "Categories": ["Sums"], "Input_language": ["German"],
                 "Positive Examples": [{"input": "a", "output": "b", "explanation": "why"}],
                 "Negative Examples": [], "Instances": [{"id": "1", "input": "x", "output": ["y", "z"]}]}
                """;
        try (Mixture mixture = new Fixture(folder)
                .file("task.json", json)
                .open("tasks: {t: {files: DATA/task.json, format: natural_instructions}}")) {
            TaskData task = mixture.tasks().getFirst();

            assertThat(task.family()).isEqualTo("Sums");
            assertThat(task.facts().definition()).isEqualTo("Do it.");
            assertThat(task.facts().positives())
                    .singleElement()
                    .satisfies(positive -> assertThat(positive.explanation()).isEqualTo("why"));
            assertThat(task.cursor().get(0).target()).isEqualTo("y");
            assertThat(task.cursor().get(0).language()).isEqualTo("de");
        }
    }

    @Test
    void theRecipesFamilyGoesBeforeTheFiles() {
        String json = """
                {"Definition": ["Do it."], "Categories": ["Sums"], "Instances": [{"input": "x", "output": ["y"]}]}
                """;
        try (Mixture mixture = new Fixture(folder)
                .file("task.json", json)
                .open("tasks: {t: {files: DATA/task.json, format: natural_instructions, family: mine}}")) {
            assertThat(mixture.tasks().getFirst().family()).isEqualTo("mine");
        }
    }

    @Test
    void aBrokenNaturalInstructionsFileIsLeftOutLikeOthers() {
        String json = """
                {"Definition": ["Do it."], "Instances": [{"input": "x", "output": ["y"]}]}
                """;
        Fixture fixture = new Fixture(folder).file("n/good.json", json).file("n/broken.json", json.substring(0, 40));
        String recipe = "tasks: {t: {files: DATA/n/*.json, format: natural_instructions}}";

        try (Mixture mixture = fixture.open(recipe)) {
            assertThat(mixture.plan().examples()).isEqualTo(1);
            assertThat(mixture.notes()).anySatisfy(note -> assertThat(note).contains("broken.json:1", "broken JSON"));
        }
        assertThatThrownBy(() -> fixture.prompts(recipe, "on_error=fail"))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("broken.json");
    }

    @Test
    void theFirstNaturalInstructionsAreReadToo() {
        String json = """
                {"Definition": "Do it.", "Examples": {"Positive Examples": [{"input": "a", "output": "b", "reason": "so"}],
                 "Negative Examples": "-"}, "Instances": [{"input": "x", "output": ["y"]}]}
                """;
        try (Mixture mixture = new Fixture(folder)
                .file("task.json", json)
                .open("tasks: {t: {files: DATA/task.json, format: natural_instructions}}")) {
            TaskData.Facts facts = mixture.tasks().getFirst().facts();

            assertThat(facts.definition()).isEqualTo("Do it.");
            assertThat(facts.positives().getFirst().explanation()).isEqualTo("so");
            assertThat(facts.negatives()).isEmpty();
        }
    }

    @Test
    void unifiedQaPutsChoicesOnTheSecondLine() {
        List<TaskExample> read =
                examples("a.tsv", "Who? \\n (A) Ann (B) Bob \\n Ann and Bob met. He won.\tBob\n", "unified_qa");

        assertThat(read.getFirst().choices()).containsExactly("Ann", "Bob");
        assertThat(read.getFirst().input()).isEqualTo("Who?\nAnn and Bob met. He won.");
    }

    @Test
    void crossfitTakesTheFirstOutput() {
        List<TaskExample> read = examples("a.tsv", "in\tout\tother\n", "crossfit");

        assertThat(read.getFirst().input()).isEqualTo("in");
        assertThat(read.getFirst().target()).isEqualTo("out");
    }

    @Test
    void xp3RowsSayTheirLanguage() {
        List<TaskExample> read = examples("a.jsonl", """
                {"inputs": "Frage?", "targets": "Ja", "language": "de"}
                """, "xp3");

        assertThat(read.getFirst().language()).isEqualTo("de");
    }

    @Test
    void xp3FoldersSayTheLanguageOfRowsThatDoNot() {
        String row = "{\"inputs\": \"?\", \"targets\": \"!\"}\n";

        assertThat(examples("nso/a.jsonl", row, "xp3").getFirst().language()).isEqualTo("nso");
        assertThat(examples("raw/a.jsonl", row, "xp3").getFirst().language()).isEqualTo("en");
    }

    @Test
    void alpacaJoinsInstructionAndInput() {
        List<TaskExample> read = examples("a.json", """
                [{"instruction": "Add.", "input": "1 2", "output": "3"}]
                """, "alpaca");

        assertThat(read.getFirst().input()).isEqualTo("Add.\n\n1 2");
    }

    @Test
    void everyReplyOfAConversationIsAnExample() {
        List<TaskExample> read = examples("a.jsonl", """
                {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"},
                 {"from": "human", "value": "Bye"}, {"from": "gpt", "value": "See you"}]}
                """.replace("\n ", " "), "sharegpt");

        assertThat(read)
                .extracting(TaskExample::input)
                .containsExactly("User: Hi", "User: Hi\nAssistant: Hello\nUser: Bye");
        assertThat(read).extracting(TaskExample::target).containsExactly("Hello", "See you");
    }

    @Test
    void columnsAreNamedAndNumberedTargetsLabelled() {
        List<TaskExample> read = examples(
                "a.csv",
                "premise,hypothesis,label\nRain.,Wet.,1\n",
                "{type: columns, target: label, input: \"{premise} So: {hypothesis}\", labels: [no, yes]}");

        assertThat(read.getFirst().input()).isEqualTo("Rain. So: Wet.");
        assertThat(read.getFirst().target()).isEqualTo("yes");
        assertThat(read.getFirst().choices()).containsExactly("no", "yes");
        assertThat(read.getFirst().fields()).containsEntry("premise", "Rain.");
    }

    @Test
    void textIsCutIntoWindows() {
        List<TaskExample> read =
                examples("a.txt", "one two three four five six seven eight nine ten", "{type: text, words: 8}");

        assertThat(read)
                .extracting(TaskExample::input)
                .containsExactly("one two three four five six seven eight", "nine ten");
    }

    @Test
    void promptsourceTemplatesAskRawColumns() {
        String templates = """
                dataset: news
                templates:
                  1b: !Template
                    answer_choices: World ||| Sports
                    id: 1b
                    jinja: "{{text}}\\nWhich: {{answer_choices | join(', ')}}? ||| {{answer_choices[label]}}"
                    metadata: !TemplateMetadata
                      original_task: true
                    name: which
                    reference: ''
                """;
        List<String> prompts = new Fixture(folder)
                        .file("templates.yaml", templates)
                        .file("a.jsonl", "{\"text\": \"Goal ||| goal\", \"label\": 1}\n")
                        .prompts("""
                        tasks: {t: {files: DATA/a.jsonl, format: {type: promptsource, templates: DATA/templates.yaml}}}
                        mixtures: {all: {prompts: {few_shot: 0, inversion: 0}}}
                        """)
                        .stream()
                        .map(example -> example.prompt().strip() + " → " + example.completion())
                        .toList();

        assertThat(prompts).containsExactly("Goal ||| goal\nWhich: World, Sports? → Sports");
    }

    @Test
    void aTargetOutsideTheChoicesIsLeftOutAndCounted() {
        try (Mixture mixture = new Fixture(folder)
                .file("a.tsv", "Q\\nOptions:\\n- yes\\n- no\tmaybe\tr\nQ\\nOptions:\\n- yes\\n- no\tno\tr\n")
                .open("tasks: {t: {files: DATA/a.tsv, format: cot}}")) {
            TaskData task = mixture.tasks().getFirst();

            assertThat(task.size()).isEqualTo(1);
            assertThat(task.report().skipped(SkipReason.NOT_A_CHOICE).examples())
                    .singleElement()
                    .asString()
                    .contains("a.tsv:1", "t/a", "maybe", "[yes, no]");
        }
    }

    @Test
    void malformedRowsStopTheRunWhereThatIsWanted() {
        Fixture fixture = new Fixture(folder).file("a.jsonl", "{\"prompt\": 1\n{\"prompt\": \"a\"}\n");

        assertThatThrownBy(() -> fixture.prompts("tasks: {t: {files: DATA/a.jsonl, format: p3}}", "on_error=fail"))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("a.jsonl:1")
                .hasMessageContaining("missing \"completion\"");
    }
}
