package org.align4j.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.data.PackedBatch;
import org.align4j.data.Source;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.testing.TinyModelFolder;
import org.align4j.world.gold.Fluency;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatorTest {
    private static final EvaluationSettings SETTINGS =
            EvaluationSettings.defaults().withMaxNewTokens(5);

    @TempDir
    Path folder;

    private Scope scope;
    private LoadedModel model;
    /// What the evaluator told: work that began, with how much was known.
    private final List<String> started = new ArrayList<>();

    @BeforeEach
    void load() throws IOException {
        Path tiny = TinyModelFolder.save(folder.resolve("model"), 1);
        scope = Scope.open();
        model = LoadedModel.load(tiny, DType.FLOAT32, Device.CPU, false);
    }

    @AfterEach
    void close() {
        model.close();
        scope.close();
    }

    private SetResult run(EvaluationSet set, BooleanSupplier interrupted) {
        EvaluationListener listener = new EvaluationListener() {
            @Override
            public void started(String what, int items, int known) {
                started.add(what + " " + known + "/" + items);
            }
        };
        return new Evaluator(model, "tiny", SETTINGS, Optional.of(folder.resolve("out")), listener, interrupted)
                .run(set);
    }

    private static Question question(int i) {
        return new Question(
                Conversation.of(Message.user("What is " + i + "?")),
                "What is " + i + "?",
                Optional.of("It is " + i),
                Source.memory(i));
    }

    private static EvaluationSet.Questions questions(int count) {
        return new EvaluationSet.Questions(
                "sums",
                IntStream.range(0, count).mapToObj(EvaluatorTest::question).toList(),
                List.of(Grader.exactMatch(), Grader.lastNumber()),
                List.of());
    }

    @Test
    void perplexityIsOfEveryTokenAfterTheOneThatBeginsTexts() {
        String text = "the cat sat on the mat";
        EvaluationSet set = new EvaluationSet.Texts("texts", List.of(new EvaluationSet.Text(text, Source.memory(0))));
        SetResult result = run(set, () -> false);
        int[] ids = model.tokenizer().encode(text);
        int[] begun = new int[ids.length + 1];
        begun[0] = model.tokenizer().bos().orElseThrow().id();
        System.arraycopy(ids, 0, begun, 1, ids.length);
        double logp;
        try (Scope inner = Scope.open();
                Tape tape = model.model().forward(PackedBatch.ofSequence(begun), Wanted.logps(), Recording.NONE)) {
            logp = tape.logps().sum().item();
        }
        assertThat(value(result, "token_perplexity")).isCloseTo(Math.exp(-logp / ids.length), within(1e-2));
        assertThat(value(result, "word_perplexity")).isCloseTo(Math.exp(-logp / 6), within(Math.exp(-logp / 6) * 1e-4));
        assertThat(value(result, "byte_perplexity")).isCloseTo(Math.exp(-logp / text.length()), within(1e-2));
        assertThat(result.measurements().getFirst().interval(0)).isEmpty();
    }

    @Test
    void interruptedAnswersAreNotKeptAndFinishedOnesAreFoundAgain() {
        AtomicBoolean stop = new AtomicBoolean(true);
        assertThatThrownBy(() -> run(questions(3), stop::get)).isInstanceOf(CancellationException.class);
        SetResult first = run(questions(3), () -> false);
        SetResult second = run(questions(3), () -> false);
        assertThat(started)
                .containsExactly(
                        "sums: answers 0/3",
                        "sums: answers 0/3",
                        "sums: references 0/3",
                        "sums: answers 3/3",
                        "sums: references 3/3");
        for (Measurement measurement : first.measurements()) {
            assertThat(value(second, measurement.metric())).isEqualTo(measurement.value());
        }
    }

    @Test
    void aTornLineIsComputedAgain() throws IOException {
        run(questions(3), () -> false);
        Path file = folder.resolve("out/sums.answers.jsonl");
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.length() - 20));
        started.clear();
        run(questions(3), () -> false);
        assertThat(started).contains("sums: answers 2/3", "sums: references 3/3");
        assertThat(Files.readString(file)).isEqualTo(whole);
    }

    @Test
    void otherQuestionsAreNotTakenForKnown() {
        run(questions(2), () -> false);
        started.clear();
        run(questions(3), () -> false);
        assertThat(started).containsExactly("sums: answers 0/3", "sums: references 0/3");
    }

    @Test
    void aLineThatIsNoOutputIsRefused() throws IOException {
        run(questions(2), () -> false);
        Path file = folder.resolve("out/sums.answers.jsonl");
        Files.writeString(file, Files.readString(file) + "{\"item\": 1}\n");
        assertThatThrownBy(() -> run(questions(2), () -> false))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("sums.answers.jsonl")
                .hasMessageContaining("delete the file");
    }

    @Test
    void choicesAreScoredWholeAndLikeTheLikeliest() {
        Choice choice = new Choice("Birds", List.of(" fly", " swim all day long"), 1, Source.memory(0));
        SetResult result = run(new EvaluationSet.Choices("birds", List.of(choice)), () -> false);
        Continuations continuations = new Continuations(model.tokenizer(), 256);
        double[] logps = choice.options().stream()
                .mapToDouble(option -> TargetLogps.sums(
                        model.model(),
                        List.of(continuations.encode("Birds", option, Source.memory(0))),
                        done -> {},
                        () -> false)[0])
                .toArray();
        assertThat(Arrays.stream(logps)).allMatch(logp -> logp < 0);
        // of a model that finds all bytes alike the shorter one is likelier
        assertThat(value(result, "acc")).isZero();
        assertThat(value(result, "acc_norm")).isEqualTo(choice.likeliestByCharacter(logps) == 1 ? 1 : 0);
    }

    @Test
    void whatIsTooLongIsRefusedByName() {
        String text = "a".repeat(400);
        Choice choice = new Choice("Say", List.of(text, "b"), 1, new Source("c.jsonl", 7));
        assertThatThrownBy(() -> run(new EvaluationSet.Choices("long", List.of(choice)), () -> false))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("c.jsonl:7")
                .hasMessageContaining("256 positions");
        Question question = new Question(Conversation.of(Message.user(text)), text, Optional.empty(), Source.memory(0));
        assertThatThrownBy(() ->
                        run(new EvaluationSet.Questions("q", List.of(question), List.of(), List.of()), () -> false))
                .hasMessageContaining("no room for an answer");
    }

    @Test
    void worldAnswersAreJudgedByWhatEachAsksFor() {
        Instructions instructions = new Instructions(3);
        List<Instruction> some = IntStream.range(0, 40)
                .mapToObj(i -> instructions.instruction(Instructions.Split.HELD_OUT_FAMILIES, i))
                .toList();
        Judge judge = new Judge(Fluency.of(Stream.empty(), some.stream().map(Instruction::answer)));
        EvaluationSet.Questions set = WorldSets.of("world", some, judge);
        List<Answer> right = some.stream()
                .map(each -> new Answer(each.prompt(), each.answer(), 3, true))
                .toList();
        List<Answer> wrong = some.stream()
                .map(each -> new Answer(each.prompt(), "zzz", 1, true))
                .toList();
        List<Measurement> best = AnswerMeasurements.of(set, right);
        List<Measurement> worst = AnswerMeasurements.of(set, wrong);
        assertThat(best.getFirst().metric()).isEqualTo("reward");
        assertThat(best.getFirst().value()).isGreaterThan(0.9);
        assertThat(worst.getFirst().value()).isLessThan(0.1);
        assertThat(best.stream().filter(measured -> measured.metric().startsWith("gold/")))
                .isNotEmpty()
                .allMatch(measured -> measured.value() > 0.9)
                .allSatisfy(measured -> assertThat(measured.items()).hasSize((int) some.stream()
                        .filter(each -> asksFor(each, measured.metric()))
                        .count()));
        assertThat(best.stream().filter(measured -> measured.metric().startsWith("family/")))
                .hasSize(instructions
                        .families(Instructions.Split.HELD_OUT_FAMILIES)
                        .size());
        assertThat(best.getFirst()
                        .difference(worst.getFirst(), 0)
                        .orElseThrow()
                        .interval()
                        .high())
                .isNegative();
    }

    private static boolean asksFor(Instruction instruction, String metric) {
        return instruction.golds().stream().anyMatch(gold -> metric.equals("gold/" + gold.name()));
    }

    @Test
    void tablesSayHowManyItemsAMetricIsAbout() {
        List<double[]> three = Collections.nCopies(3, Figure.value(1));
        SetResult result = new SetResult(
                "model",
                "set",
                3,
                List.of(
                        Measurement.of("all", three, Figure.MEAN),
                        Measurement.of("some", three.subList(0, 2), Figure.MEAN),
                        Measurement.whole("together", 0.5)),
                List.of());
        EvaluationTable table = new EvaluationTable(List.of(result), 0);
        assertThat(table.rows()).extracting(EvaluationTable.Row::items).containsExactly(3, 2, 3);
        assertThat(table.markdown()).contains("(3 items)", "| all | 1.0000", "| some (2) | 1.0000", "| together | 0.5");
    }

    @Test
    void tablesCompareWithTheFirstModel() {
        SetResult one = run(questions(4), () -> false);
        SetResult other = new SetResult("other", one.set(), one.items(), one.measurements(), one.answers());
        EvaluationTable table = new EvaluationTable(List.of(one, other), 0);
        assertThat(table.markdown())
                .contains("## sums (4 items)", "| metric | tiny | other | other − tiny |", "p = 1.000");
        assertThat(table.json()).contains("\"metric\" : \"exact_match\"", "\"difference\" : 0.0");
        assertThat(table.rows()).extracting(EvaluationTable.Row::metric).contains("length", "reference_perplexity");
    }

    private static double value(SetResult result, String metric) {
        return result.measurement(metric).orElseThrow().value();
    }
}
