package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.data.PackedBatch;
import org.align4j.loss.LoadBalancing;
import org.align4j.model.CausalLm.Recording;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Gradients;
import org.align4j.testing.TinyFamilies;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What must not matter to a model's results: how sequences are packed, their order, how a step is
/// cut into micro batches, and the rows that only fill.
class CausalLmInvarianceTest {
    /// Lengths of several attention buckets; 17 + 1 + 5 + 33 + 3 + 5 = 64 tokens, a whole number of
    /// padded rows.
    private static final int[] LENGTHS = {17, 1, 5, 33, 3, 5};

    private interface Body {
        void check(CausalLm model);
    }

    private static Stream<DynamicTest> inEachFamily(Body body) {
        return TinyFamilies.names().stream()
                .map(family -> DynamicTest.dynamicTest(family, () -> {
                    try (Scope scope = Scope.open()) {
                        body.check(TinyFamilies.of(family, true));
                    }
                }));
    }

    private static List<int[]> sequences() {
        return IntStream.range(0, LENGTHS.length)
                .mapToObj(i -> sequence(i, LENGTHS[i]))
                .toList();
    }

    private static int[] sequence(int seed, int length) {
        CounterRandom random = CounterRandom.of(seed, "tokens");
        return IntStream.range(0, length)
                .map(t -> (int) random.below(TinyFamilies.VOCABULARY, t))
                .toArray();
    }

    /// Log-probabilities; the gradient of their sum is added to the parameters'.
    private static float[] learn(CausalLm model, PackedBatch batch) {
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, Wanted.logps(), Recording.KEEP)) {
            float[] logps = tape.logps().toFloats();
            tape.logps().sum().backward();
            tape.backward();
            return logps;
        }
    }

    private static float[] join(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    /// Log-probabilities and gradients of these batches, one after the other.
    private record Learnt(float[] logps, Map<String, float[]> gradients) {
        static Learnt of(CausalLm model, List<PackedBatch> batches) {
            List<float[]> logps = new ArrayList<>();
            Map<String, float[]> gradients =
                    Gradients.after(model.parameters(), () -> batches.forEach(batch -> logps.add(learn(model, batch))));
            return new Learnt(join(logps), gradients);
        }

        void assertClose(Learnt other) {
            Gradients.assertClose("logps", logps, other.logps, 1e-5);
            Gradients.assertClose(gradients, other.gradients, 1e-4);
        }
    }

    @TestFactory
    Stream<DynamicTest> packedSequencesAreAsIfAlone() {
        return inEachFamily(model -> {
            Learnt packed = Learnt.of(model, List.of(PackedBatch.allTrained(sequences())));
            Learnt alone = Learnt.of(
                    model, sequences().stream().map(PackedBatch::ofSequence).toList());
            packed.assertClose(alone);
        });
    }

    @TestFactory
    Stream<DynamicTest> twoMicroBatchesAreAsOne() {
        return inEachFamily(model -> {
            List<int[]> all = sequences();
            Learnt one = Learnt.of(model, List.of(PackedBatch.allTrained(all)));
            Learnt two = Learnt.of(
                    model,
                    List.of(
                            PackedBatch.allTrained(all.subList(0, 3)),
                            PackedBatch.allTrained(all.subList(3, LENGTHS.length))));
            two.assertClose(one);
        });
    }

    @TestFactory
    Stream<DynamicTest> theOrderOfSequencesDoesNotMatter() {
        return inEachFamily(model -> {
            Learnt forwards = Learnt.of(model, List.of(PackedBatch.allTrained(sequences())));
            Learnt backwards =
                    Learnt.of(model, List.of(PackedBatch.allTrained(sequences().reversed())));
            Gradients.assertClose(backwards.gradients(), forwards.gradients(), 1e-4);
            int at = 0;
            int end = forwards.logps().length;
            for (int length : LENGTHS) {
                end -= length - 1;
                for (int t = 0; t < length - 1; t++, at++) {
                    assertThat((double) backwards.logps()[end + t])
                            .isCloseTo(forwards.logps()[at], org.assertj.core.data.Offset.offset(1e-4));
                }
            }
        });
    }

    /// A batch of 64 tokens has 64 spare rows, one of a single token 63.
    @TestFactory
    Stream<DynamicTest> onlyTokensOfTheBatchReceiveGradients() {
        return inEachFamily(model -> {
            int[] ids = IntStream.range(0, 64).map(t -> 1 + t % 3).toArray();
            assertTouched(model, PackedBatch.ofSequence(ids), List.of(1, 2, 3));
            int[] padded = IntStream.range(0, 63).map(t -> 1 + t % 3).toArray();
            assertTouched(model, PackedBatch.ofSequence(padded), List.of(1, 2, 3));
        });
    }

    /// The spare rows hold token 0; the head's gradient reaches every row of a tied table, so it is
    /// left out.
    private static void assertTouched(CausalLm model, PackedBatch batch, List<Integer> tokens) {
        PackedInput input = new PackedInput(model.architecture(), batch, model.dtype(), model.device());
        assertThat(input.tokens().size(0)).isGreaterThan(batch.tokenCount());
        try (Scope scope = Scope.open()) {
            Map<String, float[]> gradients = Gradients.after(model.parameters(), () -> learn(model, batch));
            if (!model.architecture().tiedHead()) {
                float[] table = gradients.get("embed");
                int width = model.architecture().hiddenSize();
                for (int id = 0; id < TinyFamilies.VOCABULARY; id++) {
                    double sum = 0;
                    for (int i = 0; i < width; i++) {
                        sum += Math.abs(table[id * width + i]);
                    }
                    assertThat(sum > 0).as("token " + id).isEqualTo(tokens.contains(id));
                }
            }
            if (model.architecture().learnedPositions()) {
                float[] positions = gradients.get("positions");
                int width = model.architecture().hiddenSize();
                for (int i = (batch.tokenCount() - 1) * width; i < positions.length; i++) {
                    assertThat(positions[i]).as("position " + i / width).isZero();
                }
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> aBatchWithoutTargetsTeachesNothing() {
        return inEachFamily(model -> Gradients.after(
                        model.parameters(),
                        () -> assertThat(learn(model, PackedBatch.ofSequence(5)))
                                .isEmpty())
                .forEach((name, gradient) -> assertThat(gradient).as(name).containsOnly(0)));
    }

    @TestFactory
    Stream<DynamicTest> logpsAreTheLogSoftmaxOfTheLogits() {
        return inEachFamily(model -> {
            PackedBatch batch = PackedBatch.allTrained(sequences());
            float[] logps;
            float[] evaluated;
            try (Tape tape = model.forward(batch, Wanted.logps(), Recording.KEEP);
                    Tape plain = model.forward(batch, Wanted.logps(), Recording.NONE)) {
                logps = tape.logps().toFloats();
                evaluated = plain.logps().toFloats();
            }
            float[] all =
                    model.logits(model.hidden(batch)).logSoftmaxFloat32(-1).toFloats();
            float[] expected = new float[logps.length];
            int count = 0;
            for (int t = 1; t < batch.tokenCount(); t++) {
                if (batch.lossMask()[t]) {
                    expected[count++] = all[(t - 1) * TinyFamilies.VOCABULARY + batch.tokens()[t]];
                }
            }
            Gradients.assertClose("logps", logps, expected, 1e-5);
            assertThat(evaluated).isEqualTo(logps);
        });
    }

    /// More targets than the head takes at once, and sequences longer than attention takes at once.
    @Test
    void theHeadsChunksAreAsOne() {
        try (Scope scope = Scope.open()) {
            CausalLm model = TinyFamilies.of("llama", true);
            List<int[]> all = List.of(sequence(1, 900), sequence(2, 1300), sequence(3, 700));
            Learnt packed = Learnt.of(model, List.of(PackedBatch.allTrained(all)));
            Learnt alone =
                    Learnt.of(model, all.stream().map(PackedBatch::ofSequence).toList());
            packed.assertClose(alone);
        }
    }

    @Test
    void theRoutersLossSeesTheTokensOfTheBatchOnly() {
        try (Scope scope = Scope.open()) {
            CausalLm model = TinyFamilies.of("mixtral", true);
            PackedBatch batch = PackedBatch.allTrained(sequences());
            try (Tape tape = model.forward(batch, Wanted.logps(), Recording.KEEP)) {
                assertThat(tape.routerScores()).hasSize(2);
                assertThat(tape.routerScores().getFirst().shape()).containsExactly(batch.tokenCount(), 4);
                Tensor loss = LoadBalancing.of(tape.routerScores(), 2);
                assertThat(loss.item()).isBetween(2.0, 8.0);
            }
        }
    }
}
