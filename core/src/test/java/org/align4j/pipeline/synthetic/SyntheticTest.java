package org.align4j.pipeline.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.align4j.error.AlignException;
import org.align4j.pipeline.synthetic.SyntheticTask.Instance;
import org.align4j.teacher.CachedTeacher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Data that a teacher writes, with teachers that behave and teachers that don't.
class SyntheticTest {
    private static final List<SyntheticTask> SEEDS = List.of(
            new SyntheticTask("Name the capital of the given country.", false, List.of(new Instance("Italy", "Rome"))),
            new SyntheticTask(
                    "Say whether the review is positive.",
                    true,
                    List.of(new Instance("I love it.", "positive"), new Instance("Awful.", "negative"))),
            new SyntheticTask("Write a poem about the sea.", false, List.of(new Instance("", "Blue, blue."))));

    private static final List<String> TOPICS = List.of(
            "Translate this sentence into Latin verse", "Explain why glaciers move downhill slowly",
            "Sort these numbers from large to small", "Decide if an email counts as spam",
            "Invent names for three new spices", "Compare two breeds of horses briefly",
            "Give advice on learning the violin", "Count all vowels inside some word",
            "Summarise what happened during yesterday's meeting", "Rewrite a rude answer more politely");

    @TempDir
    private Path folder;

    private Synthesis synthesis(int count) {
        return new Synthesis(SEEDS, count, 2, 3, 0.7, 64, 0, folder.resolve("out"));
    }

    /// Answers each kind of question that Self-Instruct asks.
    private static String selfInstruct(String question, int number) {
        if (question.startsWith("Here are tasks")) {
            return "9. " + TOPICS.get(number % TOPICS.size())
                    + "\n10. Name the capital of the given land.\n11. Draw a map" + " of it.\n12. Go!";
        }
        if (question.startsWith("A classification")) {
            return question.contains("spam") ? "Yes." : "No";
        }
        return question.contains("Class label:")
                ? "Class label: spam\nInput: Win money now!\n\nClass label: ham\nInput: See you at six."
                : "Input: x\nOutput: y\nInput: x\nOutput: z\nInput:\nOutput: an answer\nof two lines";
    }

    @Test
    void selfInstructKeepsNewTasksWithUsableInstances() {
        ScriptedTeacher teacher = new ScriptedTeacher(SyntheticTest::selfInstruct);

        Statistics statistics = SelfInstruct.run(synthesis(4), teacher, ScriptedTeacher.NOBODY);

        List<SyntheticTask> made = SyntheticTask.read(folder.resolve("out/tasks.jsonl"));
        assertThat(made).hasSize(4);
        assertThat(made)
                .extracting(SyntheticTask::instruction)
                .doesNotHaveDuplicates()
                .isSubsetOf(TOPICS);
        assertThat(made).allSatisfy(task -> {
            if (task.classification()) {
                assertThat(task.instances())
                        .containsExactly(
                                new Instance("Win money now!", "spam"), new Instance("See you at six.", "ham"));
            } else {
                assertThat(task.instances()).containsExactly(new Instance("", "an answer\nof two lines"));
            }
        });
        assertThat(statistics.rejected())
                .containsKeys(
                        "instruction like another (ROUGE-L ≥ 0.7)",
                        "instruction asks for what isn't text",
                        "instruction too short or too long",
                        "one input with two outputs");
        assertThat(statistics.questions()).isEqualTo(teacher.asked());
        assertThat(statistics.answerTokens()).isEqualTo(5L * teacher.asked());
    }

    @Test
    void anInterruptedRunGoesOnWithoutAskingAgain() throws IOException {
        Path cache = folder.resolve("cache");
        ScriptedTeacher whole = new ScriptedTeacher(SyntheticTest::selfInstruct);
        SelfInstruct.run(synthesis(3), new CachedTeacher(whole, folder.resolve("other")), ScriptedTeacher.NOBODY);
        String expected = Files.readString(folder.resolve("out/tasks.jsonl"));
        Files.delete(folder.resolve("out/tasks.jsonl"));

        AtomicInteger looks = new AtomicInteger();
        ScriptedTeacher first = new ScriptedTeacher(SyntheticTest::selfInstruct);
        assertThatThrownBy(() -> SelfInstruct.run(
                        synthesis(3),
                        new CachedTeacher(first, cache),
                        new Synthesis.Watch(made -> {}, () -> looks.incrementAndGet() > 4)))
                .isInstanceOf(CancellationException.class);
        assertThat(folder.resolve("out/tasks.jsonl")).doesNotExist();
        ScriptedTeacher second =
                new ScriptedTeacher((question, number) -> selfInstruct(question, number + first.asked()));
        SelfInstruct.run(synthesis(3), new CachedTeacher(second, cache), ScriptedTeacher.NOBODY);

        assertThat(Files.readString(folder.resolve("out/tasks.jsonl"))).isEqualTo(expected);
        assertThat(first.asked() + second.asked()).isEqualTo(whole.asked());
    }

    @Test
    void aTeacherThatFailsOrTalksRubbishEndsTheRun() {
        ScriptedTeacher teacher = new ScriptedTeacher((question, number) -> number % 2 == 0 ? "" : "blah blah");

        assertThatThrownBy(() -> SelfInstruct.run(synthesis(3), teacher, ScriptedTeacher.NOBODY))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("no usable task in 6 answers")
                .hasMessageContaining("the teacher gave no answer: 3, first \"429 until the last retry\"");
        assertThat(folder.resolve("out/tasks.jsonl")).doesNotExist();
        // three batches of two without a task
        assertThat(teacher.asked()).isEqualTo(6);
    }

    private static String unnatural(String question, int number) {
        if (question.startsWith("Here are examples")) {
            return switch (number % 3) {
                case 0 ->
                    "Instruction: Pick the animal.\nInput: number %d\nConstraints: The output should be one of: cat, dog"
                            .formatted(number);
                case 1 -> "Instruction: Count the letters.\nInput: word %d\nConstraints: None.".formatted(number);
                default -> "Something else entirely";
            };
        }
        if (question.startsWith("Say the following")) {
            return "Please do this: " + question.substring(question.indexOf("Instruction: ") + 13);
        }
        return question.contains("animal") ? (question.contains("number 0") ? "Horse." : "Dog.") : "4";
    }

    @Test
    void unnaturalInstructionsKeepToTheirConstraints() {
        Statistics statistics = UnnaturalInstructions.run(
                synthesis(6), 1, new ScriptedTeacher(SyntheticTest::unnatural), ScriptedTeacher.NOBODY);

        List<SyntheticTask> made = SyntheticTask.read(folder.resolve("out/tasks.jsonl"));
        assertThat(made).hasSize(6).anyMatch(task -> task.instruction().startsWith("Please do this: "));
        assertThat(made)
                .flatExtracting(SyntheticTask::instances)
                .extracting(Instance::output)
                .isSubsetOf("Dog.", "4");
        assertThat(statistics.rejected())
                .containsEntry("output against the constraints", 1L)
                .containsKey("not in the form of the examples");
    }

    @Test
    void constraintsNameTheirLabelsInManyWays() {
        for (String constraint : List.of(
                "one of: cat, dog",
                "one of the following labels: 'cat', \"dog\". Nothing else.",
                "either cat or dog.")) {
            for (String output : List.of("Dog.", "Horse")) {
                ScriptedTeacher teacher = new ScriptedTeacher((question, number) -> question.startsWith("Here")
                        ? "Instruction: Pick.\nInput: number " + number + "\nConstraints: The output is " + constraint
                        : output);
                if (output.equals("Dog.")) {
                    assertThat(UnnaturalInstructions.run(synthesis(1), 0, teacher, ScriptedTeacher.NOBODY)
                                    .kept())
                            .as(constraint)
                            .isEqualTo(1);
                } else {
                    assertThatThrownBy(
                                    () -> UnnaturalInstructions.run(synthesis(1), 0, teacher, ScriptedTeacher.NOBODY))
                            .as(constraint)
                            .hasMessageContaining("output against the constraints: 6");
                }
            }
        }
    }

    @Test
    void distillationPairsPromptsWithWholeAnswers() throws IOException {
        Path prompts = folder.resolve("p.jsonl");
        Files.writeString(prompts, "{\"q\": \"one\"}\n{\"q\": \"two\"}\n{\"q\": \"three\"}\n{\"q\": \"four\"}\n");
        Map<String, String> answers = Map.of("one", "1", "two", "cut…", "three", "", "four", " ");
        ScriptedTeacher teacher = new ScriptedTeacher((question, number) -> answers.getOrDefault(question, ""));

        Statistics statistics = Distillation.run(
                new Distillation.Settings(List.of(prompts.toString()), "q", 8, 0, 0, 0),
                teacher,
                folder.resolve("d.jsonl"),
                ScriptedTeacher.NOBODY);

        assertThat(Files.readString(folder.resolve("d.jsonl")))
                .isEqualTo("{\"prompt\":\"one\",\"completion\":\"1\"}\n");
        assertThat(statistics.rejected())
                .containsEntry("answer cut off at max_tokens", 1L)
                .containsEntry("the teacher gave no answer", 1L)
                .containsEntry("empty answer", 1L);
    }

    @Test
    void promptsThatAreMissingAreRefused() throws IOException {
        Path prompts = folder.resolve("p.jsonl");
        Files.writeString(prompts, "{\"q\": \"one\"}\n{\"x\": \"two\"}\n");

        assertThatThrownBy(() -> Distillation.run(
                        new Distillation.Settings(List.of(prompts.toString()), "q", 8, 0, 0, 0),
                        new ScriptedTeacher((question, number) -> "1"),
                        folder.resolve("d.jsonl"),
                        ScriptedTeacher.NOBODY))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("p.jsonl:2")
                .hasMessageContaining("no text \"q\"");
        assertThat(folder.resolve("d.jsonl")).doesNotExist();
    }
}
