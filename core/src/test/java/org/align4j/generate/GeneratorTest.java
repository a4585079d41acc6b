package org.align4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.tensor.DType;
import org.align4j.tensor.NativeMemory;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.TinyModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    private static final Sampling SAMPLING = Sampling.defaults().with(changed -> changed.seed = 5);

    private Scope scope;
    private CausalLm model;

    @BeforeEach
    void makeModel() {
        scope = Scope.open();
        model = TinyModel.of(DType.FLOAT32);
    }

    @AfterEach
    void freeModel() {
        scope.close();
    }

    private Generator generator(Integer... eosIds) {
        return new Generator(model, Optional.empty(), Set.of(eosIds));
    }

    private static GenerationRequest request(long number, int... prompt) {
        return new GenerationRequest(prompt, new DrawKey(0, number, 0));
    }

    private static List<GenerationRequest> mixedRequests() {
        return List.of(
                request(0, 1, 2, 3),
                request(1, IntStream.range(0, 90).map(i -> i % 60).toArray()),
                request(2, 7),
                request(3, 9, 8, 7, 6, 5));
    }

    @Test
    void anAnswerDoesNotDependOnItsCompany() {
        List<Generation> together = generator().generate(mixedRequests(), GenerationOptions.of(SAMPLING, 20));
        for (int i = 0; i < together.size(); i++) {
            Generation alone = generator()
                    .generate(List.of(mixedRequests().get(i)), GenerationOptions.of(SAMPLING, 20))
                    .getFirst();
            assertThat(alone.tokens()).isEqualTo(together.get(i).tokens());
        }
    }

    @Test
    void promptsThatBeginAlikeAnswerAsTheyWouldAlone() {
        List<GenerationRequest> requests = IntStream.range(0, 5)
                .mapToObj(i -> request(
                        i,
                        // the last two are equal
                        IntStream.range(0, 90 + Math.min(i, 3) % 3)
                                .map(t -> t < 80 ? t % 60 : (t + 7 * Math.min(i, 3)) % 60)
                                .toArray()))
                .toList();
        List<Generation> together = generator().generate(requests, GenerationOptions.of(SAMPLING, 20));
        for (int i = 0; i < together.size(); i++) {
            Generation alone = generator()
                    .generate(List.of(requests.get(i)), GenerationOptions.of(SAMPLING, 20))
                    .getFirst();
            assertThat(alone.tokens()).isEqualTo(together.get(i).tokens());
        }
        assertThat(together.stream().map(answer -> List.of(answer.tokens()[0], answer.tokens()[1], answer.tokens()[2])))
                .doesNotHaveDuplicates();
    }

    @Test
    void sequencesThatWaitForAPlaceGetTheSameAnswers() {
        GenerationOptions options = GenerationOptions.of(SAMPLING, 12);
        List<Generation> together = generator(3, 11).generate(mixedRequests(), options);
        List<Generation> queued = generator(3, 11).generate(mixedRequests(), options.withMaxSequences(2));
        assertThat(queued)
                .map(Generation::tokens)
                .containsExactlyElementsOf(
                        together.stream().map(Generation::tokens).toList());
    }

    @Test
    void answersEndWithAnEndTokenAndOthersGoOn() {
        List<GenerationRequest> requests =
                IntStream.range(0, 12).mapToObj(i -> request(i, 4, 5, 6)).toList();
        Integer[] eos = IntStream.range(0, 8).boxed().toArray(Integer[]::new);
        List<Generation> answers = generator(eos).generate(requests, GenerationOptions.of(SAMPLING, 30));
        assertThat(answers).map(Generation::finish).contains(Finish.EOS);
        for (Generation answer : answers) {
            boolean ended = answer.finish() == Finish.EOS;
            int[] tokens = answer.tokens();
            assertThat(tokens[tokens.length - 1] < 8).isEqualTo(ended);
            assertThat(Arrays.stream(tokens).limit(tokens.length - 1L)).allMatch(token -> token >= 8);
            assertThat(ended || tokens.length == 30).isTrue();
        }
        // One of them alone gives the same, though it never moves to another slot there.
        Generation alone = generator(eos)
                .generate(List.of(requests.get(7)), GenerationOptions.of(SAMPLING, 30))
                .getFirst();
        assertThat(alone.tokens()).isEqualTo(answers.get(7).tokens());
    }

    @Test
    void samplesOfOnePromptDifferAndEachRepeats() {
        List<GenerationRequest> samples = IntStream.range(0, 4)
                .mapToObj(k -> new GenerationRequest(new int[] {1, 2, 3, 4}, new DrawKey(0, 0, k)))
                .toList();
        List<Generation> answers = generator().generate(samples, GenerationOptions.of(SAMPLING, 16));
        assertThat(answers.stream()
                        .map(answer -> Arrays.toString(answer.tokens()))
                        .distinct())
                .hasSize(4);
        for (int k = 0; k < 4; k++) {
            Generation alone = generator()
                    .generate(List.of(samples.get(k)), GenerationOptions.of(SAMPLING, 16))
                    .getFirst();
            assertThat(alone.tokens()).isEqualTo(answers.get(k).tokens());
        }
    }

    @Test
    void aSessionGivesWhatTheWholeConversationGives() {
        GenerationOptions options = GenerationOptions.of(SAMPLING, 10);
        try (Session session = generator().session()) {
            List<Integer> talk = new ArrayList<>(List.of(1, 2, 3));
            for (int turn = 0; turn < 4; turn++) {
                GenerationRequest request =
                        request(turn, talk.stream().mapToInt(Integer::intValue).toArray());
                Generation answer = session.answer(request, options, GenerationListener.NONE, () -> false);
                Generation fresh =
                        generator().generate(List.of(request), options).getFirst();
                assertThat(answer.tokens()).isEqualTo(fresh.tokens());
                assertThat(session.length()).isEqualTo(talk.size() + 9);
                Arrays.stream(answer.tokens()).limit(8).forEach(talk::add);
                talk.addAll(List.of(20 + turn, 21, 22));
            }
        }
    }

    @Test
    void anInterruptedAnswerKeepsWhatIsThere() {
        int[] asked = {0};
        Generation answer = generator()
                .generate(
                        List.of(request(0, 1, 2)),
                        GenerationOptions.of(SAMPLING, 50),
                        GenerationListener.NONE,
                        () -> asked[0]++ == 5)
                .getFirst();
        assertThat(answer.finish()).isEqualTo(Finish.INTERRUPTED);
        assertThat(answer.tokens()).hasSize(5);
    }

    @Test
    void theListenerHearsEveryToken() {
        List<Integer> heard = new ArrayList<>();
        GenerationListener listener = new GenerationListener() {
            @Override
            public void token(int request, int token, String text) {
                heard.add(token);
            }
        };
        Generation answer = generator()
                .generate(List.of(request(0, 1, 2)), GenerationOptions.of(SAMPLING, 9), listener, () -> false)
                .getFirst();
        assertThat(heard)
                .containsExactlyElementsOf(
                        Arrays.stream(answer.tokens()).boxed().toList());
    }

    @Test
    void allFaultyPromptsAreReportedAtOnce() {
        int most = model.architecture().maxPositions();
        assertThatThrownBy(() -> generator()
                        .generate(
                                List.of(request(0), request(1, new int[most - 3]), request(2, 1, 100_000)),
                                GenerationOptions.of(SAMPLING, 4)))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("prompt 1: is empty")
                .hasMessageContaining("prompt 2: " + (most - 3) + " tokens and an answer of up to 4")
                .hasMessageContaining("prompt 3: holds an id outside");
    }

    @Test
    void stopStringsNeedATokenizer() {
        Sampling stopping = SAMPLING.with(changed -> changed.stopStrings = List.of("x"));
        assertThatThrownBy(() -> generator().generate(List.of(request(0, 1)), GenerationOptions.of(stopping, 4)))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("tokenizer");
    }

    @Test
    @Tag("memory")
    void nothingNativeIsLeftAfterTwoHundredTokens() {
        GenerationOptions options = GenerationOptions.of(SAMPLING, 100).withLogps();
        List<GenerationRequest> requests = List.of(request(0, 1, 2, 3), request(1, 4));
        // The first calls make what stays for good: operator handles, constants.
        assertThat(generator().generate(requests, options)).hasSize(2);
        long handles = NativeMemory.liveHandles();
        long bytes = NativeMemory.liveBytes();
        assertThat(generator().generate(requests, options)).hasSize(2);
        assertThat(NativeMemory.liveHandles()).isEqualTo(handles);
        assertThat(NativeMemory.liveBytes()).isEqualTo(bytes);
    }

    @Test
    void packedWeightsGiveTheSameLogitsWithinRounding() {
        CausalLm rounded = TinyModel.of(DType.BFLOAT16);
        int[] prompt = {1, 2, 3, 4, 5, 6, 7};
        float[] plain = stepLogits(new Decoder(rounded, 2, 20, null), prompt);
        float[] packed = stepLogits(Decoder.open(rounded, 2, 20, true), prompt);
        for (int i = 0; i < plain.length; i++) {
            assertThat((double) packed[i]).isCloseTo(plain[i], org.assertj.core.data.Offset.offset(0.03));
        }
    }

    private static float[] stepLogits(Decoder opened, int[] prompt) {
        try (Scope inner = Scope.open();
                Decoder decoder = opened) {
            TokenHistory history = new TokenHistory(prompt);
            Tensor first = decoder.prefill(List.of(prompt), new int[] {0});
            history.add((int) first.argmax(1).toLongs()[0]);
            return decoder.step(List.of(history)).toFloats();
        }
    }

    @Test
    void weightsMustNotChangeWhilePacked() {
        CausalLm rounded = TinyModel.of(DType.BFLOAT16);
        try (Scope inner = Scope.open();
                Decoder decoder = Decoder.open(rounded, 1, 20, true)) {
            rounded.parameters().refresh();
            assertThatThrownBy(() -> decoder.prefill(List.of(new int[] {1}), new int[] {0}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("packed");
        }
        // Closed, the model is as any other.
        Decoder later = Decoder.open(rounded, 1, 20, true);
        assertThat(stepLogits(later, new int[] {1, 2})).isNotEmpty();
    }
}
