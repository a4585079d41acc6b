package org.align4j.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Keeper;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Gradients;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Attention of sequences that are longer than what is computed at once, against one plain product
/// of all queries and keys under libtorch's autograd.
class LongAttentionTest {
    private static final int HEADS = 2;
    private static final int SIZE = 4;
    private static final double SCALE = 0.7;
    /// Two sequences that need several chunks, one that fills a chunk, a short one, and the spare
    /// one.
    private static final int[] OFFSETS = {0, 1090, 2114, 2119, 4219, 4224};
    private static final int[] ALONE = {-1, -1, -1, -1, -1};

    private static Tensor draw(long seed, long... shape) {
        return Tensor.uniform(-1, 1, seed, Tensor.empty(DType.FLOAT32, Device.CPU, shape));
    }

    /// One sequence's output `[L, heads · D]` from its queries, keys and values `[L, (heads + 2)
    /// D]`.
    private static Tensor plain(Tensor qkv, int window, double softCap) {
        long length = qkv.size(0);
        Tensor all = qkv.reshape(length, HEADS + 2, SIZE).transpose(0, 1);
        Tensor keys = all.narrow(0, HEADS, 1).reshape(length, SIZE);
        Tensor values = all.narrow(0, HEADS + 1, 1).reshape(length, SIZE);
        Tensor query = Tensor.arange(length, DType.INT64, Device.CPU).unsqueeze(1);
        Tensor key = Tensor.arange(length, DType.INT64, Device.CPU).unsqueeze(0);
        Tensor hidden = key.gt(query);
        if (window > 0) {
            hidden = hidden.logicalOr(query.sub(key).ge(Tensor.of((long) window)));
        }
        List<Tensor> outputs = new ArrayList<>();
        for (int head = 0; head < HEADS; head++) {
            Tensor scores =
                    all.narrow(0, head, 1).reshape(length, SIZE).mm(keys.t()).mul(SCALE);
            scores = softCap > 0 ? scores.div(softCap).tanh().mul(softCap) : scores;
            outputs.add(scores.maskedFill(hidden, Double.NEGATIVE_INFINITY)
                    .softmax(-1)
                    .mm(values));
        }
        return Tensor.cat(outputs, 1);
    }

    private static void check(int window, double softCap) {
        long rows = OFFSETS[OFFSETS.length - 1];
        long real = OFFSETS[OFFSETS.length - 2];
        try (Scope scope = Scope.open();
                Keeper keeper = new Keeper()) {
            Tensor qkv = draw(1, rows, (HEADS + 2) * SIZE);
            Tensor upstream = draw(2, rows, HEADS * SIZE);
            // what nothing depends on has no gradient
            upstream.narrow(0, real, rows - real).zero_();
            AttentionPlan plan = new AttentionPlan(OFFSETS, ALONE, HEADS, 1, Set.of(window), DType.FLOAT32, Device.CPU);
            SelfAttention attention = new SelfAttention(HEADS, 1, SIZE, new AttentionScale(SCALE), softCap);
            Graph graph = Graph.recording(keeper, 0);
            Value input = graph.input(qkv.copy());
            Value output = attention.of(graph, input, plan, null, window);
            graph.backward(output, upstream);
            for (int b = 0; b + 2 < OFFSETS.length; b++) {
                int from = OFFSETS[b];
                int length = OFFSETS[b + 1] - from;
                try (Scope inner = Scope.open()) {
                    Tensor leaf = qkv.narrow(0, from, length).copy().requiresGrad();
                    Tensor expected = plain(leaf, window, softCap);
                    expected.backward(upstream.narrow(0, from, length));
                    Gradients.assertClose(
                            "output " + b,
                            output.data().narrow(0, from, length).toFloats(),
                            expected.detach().toFloats(),
                            1e-5);
                    Gradients.assertClose(
                            "gradient " + b,
                            input.arrivedGradient().narrow(0, from, length).toFloats(),
                            leaf.grad().toFloats(),
                            1e-5);
                }
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> chunksOfALongSequenceAreAsOne() {
        return Stream.of(0, 5, 700, 1500)
                .map(window -> DynamicTest.dynamicTest("window " + window, () -> check(window, 0)));
    }

    @TestFactory
    Stream<DynamicTest> cappedScoresToo() {
        return Stream.of(0, 700).map(window -> DynamicTest.dynamicTest("window " + window, () -> check(window, 0.5)));
    }
}
