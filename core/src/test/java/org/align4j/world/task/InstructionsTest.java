package org.align4j.world.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Rows;
import org.align4j.random.CounterRandom;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.gold.GoldRewards;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instructions.Split;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstructionsTest {
    private static final int EACH = 30;
    private static final Instructions WORLD = new Instructions(5);
    private static Judge judge;

    @BeforeAll
    static void read() {
        judge = WorldJudge.create();
    }

    private static List<Instruction> all(Split split) {
        return WORLD.families(split).stream()
                .flatMap(family ->
                        LongStream.range(0, EACH).mapToObj(number -> WORLD.instruction(split, family, number)))
                .toList();
    }

    private static double worth(Instruction instruction, String answer) {
        return judge.judge(instruction.golds(), answer).total();
    }

    @Test
    void familiesAreManyAndSomeAreHeldOut() {
        assertThat(WORLD.families(Split.TRAIN)).hasSizeGreaterThanOrEqualTo(25).doesNotHaveDuplicates();
        assertThat(WORLD.families(Split.HELD_OUT_FAMILIES)).hasSizeGreaterThanOrEqualTo(5);
        assertThat(WORLD.families(Split.HELD_OUT_SKILLS)).hasSizeGreaterThanOrEqualTo(4);
        assertThat(WORLD.families(Split.HELD_OUT_WORDS)).isEqualTo(WORLD.families(Split.TRAIN));
        assertThat(WORLD.families(Split.HELD_OUT_FAMILIES))
                .doesNotContainAnyElementsOf(WORLD.families(Split.TRAIN))
                .doesNotContainAnyElementsOf(WORLD.families(Split.HELD_OUT_SKILLS));
    }

    @Test
    void anInstructionIsAFunctionOfSeedSplitAndNumber() {
        assertThat(new Instructions(5).instruction(Split.TRAIN, 17)).isEqualTo(WORLD.instruction(Split.TRAIN, 17));
        assertThat(WORLD.instruction(Split.TRAIN, 17).family())
                .isEqualTo(WORLD.families(Split.TRAIN).get(17));
    }

    @Test
    void rightAnswersAreWorthMuch() {
        for (Split split : Split.values()) {
            assertThat(all(split))
                    .allSatisfy(instruction -> assertThat(worth(instruction, instruction.answer()))
                            .as(instruction.toString())
                            .isGreaterThanOrEqualTo(0.4));
            double mean = all(split).stream()
                    .mapToDouble(instruction -> worth(instruction, instruction.answer()))
                    .average()
                    .orElseThrow();
            assertThat(mean).isGreaterThan(0.98);
        }
    }

    @Test
    void badAnswersAreWorthNothing() {
        assertThat(all(Split.TRAIN))
                .filteredOn(instruction -> instruction.bad().isPresent())
                .hasSizeGreaterThan(5 * EACH)
                .allSatisfy(instruction -> assertThat(
                                worth(instruction, instruction.bad().orElseThrow()))
                        .as(instruction.toString())
                        .isLessThan(0.15));
    }

    @Test
    void emptyAndSenselessAnswersAreWorthNothing() {
        assertThat(all(Split.TRAIN)).allSatisfy(instruction -> {
            assertThat(worth(instruction, "")).isZero();
            assertThat(worth(instruction, "...")).isZero();
            assertThat(worth(instruction, "xq zzkr blorf wug dax fep tiv mub.")).isZero();
        });
    }

    @Test
    void mixedUpWordsOfLongAnswersAreWorthLittle() {
        CounterRandom random = CounterRandom.of(1, "mix");
        List<Instruction> tales = stories();
        double mean = tales.stream()
                .mapToDouble(instruction -> {
                    List<String> words = List.of(instruction.answer().split(" "));
                    int[] order = random.permutation(words.size());
                    return worth(
                            instruction,
                            IntStream.of(order).mapToObj(words::get).collect(Collectors.joining(" ")));
                })
                .average()
                .orElseThrow();
        assertThat(mean).isLessThan(0.05);
    }

    @Test
    void repeatingASentenceIsWorthLittle() {
        assertThat(stories()).allSatisfy(instruction -> {
            String first = instruction.answer().split("(?<=\\.) ")[0];
            assertThat(worth(instruction, (first + " Everyone was very happy. ").repeat(6)))
                    .isLessThan(0.1);
        });
    }

    @Test
    void copyingThePromptIsWorthLessThanTheAnswer() {
        List<Instruction> asked = all(Split.TRAIN);
        double copied = asked.stream()
                .mapToDouble(each -> worth(each, each.prompt()))
                .average()
                .orElseThrow();
        assertThat(copied).isLessThan(0.25);
    }

    @Test
    void trainingNamesNothingHeldOut() {
        List<String> heldOut = List.of("Wilma", "Greta", "Fern", "Dora", "Bruno", "Carl", "Nils", "Jonas");
        assertThat(all(Split.TRAIN))
                .allSatisfy(instruction -> assertThat(
                                List.of((instruction.prompt() + " " + instruction.answer()).split("[^A-Za-z]+")))
                        .doesNotContainAnyElementsOf(heldOut));
    }

    @Test
    void promptsAreParaphrasedAndClean() {
        for (Split split : Split.values()) {
            assertThat(all(split))
                    .allSatisfy(instruction -> assertThat(instruction.prompt() + instruction.answer())
                            .doesNotContainPattern("[{}\\[\\]|^*]")
                            .doesNotContain("  ")
                            .doesNotContain(" ."));
        }
        assertThat(all(Split.TRAIN).stream().map(Instruction::prompt).distinct().count())
                .isGreaterThan(EACH * WORLD.families(Split.TRAIN).size() * 3L / 4);
    }

    @Test
    void rowsAreReadAndScoredAgain(@TempDir Path folder) throws IOException {
        List<Instruction> written = all(Split.TRAIN);
        for (boolean chat : List.of(true, false)) {
            Path file = folder.resolve(chat + ".jsonl");
            Files.write(
                    file,
                    written.stream().map(each -> each.json(Split.TRAIN, chat)).toList());
            List<Example> examples = new ArrayList<>();
            List<List<GoldReward>> golds = new ArrayList<>();
            DataReport report = new DataReport();
            ExampleReader reader = new ExampleReader(FormatOptions.DEFAULT, report);
            try (Rows rows = Rows.open(List.of(file.toString()), ReadOptions.DEFAULT, report)) {
                rows.forEachRemaining(row -> {
                    examples.add(reader.read(row).orElseThrow());
                    golds.add(GoldRewards.of(row));
                });
            }
            assertThat(golds).isEqualTo(written.stream().map(Instruction::golds).toList());
            assertThat(examples)
                    .extracting(InstructionsTest::conversation)
                    .isEqualTo(written.stream().map(Instruction::conversation).toList());
        }
    }

    private static Conversation conversation(Example example) {
        return example instanceof Example.Chat chat
                ? chat.conversation()
                : ((Example.PromptCompletion) example).conversation();
    }

    private static List<Instruction> stories() {
        return all(Split.TRAIN).stream()
                .filter(each -> List.of("story", "happy_story", "retell_happily", "retell_sadly", "include_words")
                        .contains(each.family()))
                .toList();
    }
}
