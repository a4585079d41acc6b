package org.align4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Keeper;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Adapters on a fused linear layer against libtorch's autograd: 7 inputs, 5 + 4 adapted rows
/// around 3 plain ones.
class AdapterTest {
    private static final long IN = 7;
    private static final long OUT = 12;
    private static final double SCALE = 0.7;

    private static Tensor draw(long seed, long... shape) {
        return Tensor.uniform(-1, 1, seed, Tensor.empty(DType.FLOAT32, Device.CPU, shape));
    }

    private static Parameter parameter(String name, boolean trained, Tensor value) {
        Parameters parameters = new Parameters(
                List.of(new Parameters.Spec(
                        name, Arrays.stream(value.shape()).boxed().toList(), true)),
                DType.FLOAT32,
                Device.CPU,
                trained);
        Parameter parameter = parameters.get(name);
        parameter.master().copy_(value);
        return parameter;
    }

    /// A layer with two adapted parts.
    private record Fixture(Linear linear, Adapter adapter) {
        static Fixture of(boolean magnitudes, double dropout) {
            Linear linear = new Linear(
                    parameter("weight", false, draw(1, OUT, IN)), Optional.of(parameter("bias", false, draw(2, OUT))));
            Parameter down = parameter("down", true, draw(3, 5, IN));
            Adapter adapter = new Adapter(
                    down,
                    List.of(part(0, 5, 0, 2, magnitudes, SCALE), part(8, 4, 2, 3, magnitudes, 2 * SCALE)),
                    dropout);
            linear.adapt(adapter);
            return new Fixture(linear, adapter);
        }

        private static Adapter.Part part(
                long firstRow, long rows, long firstRank, long rank, boolean magnitudes, double scale) {
            return new Adapter.Part(
                    firstRow,
                    rows,
                    firstRank,
                    parameter("up" + firstRow, true, draw(4 + firstRow, rows, rank)),
                    magnitudes
                            ? parameter(
                                    "magnitude" + firstRow,
                                    true,
                                    draw(5 + firstRow, rows).add(2))
                            : null,
                    scale);
        }

        List<Parameter> trained() {
            List<Parameter> all = new ArrayList<>(List.of(adapter.down()));
            for (Adapter.Part part : adapter.parts()) {
                all.add(part.up());
                if (part.magnitude() != null) {
                    all.add(part.magnitude());
                }
            }
            return all;
        }
    }

    /// Output and gradients as PEFT defines them, by autograd; leaves are x and what is trained.
    private static Tensor reference(Fixture fixture, Tensor x, Tensor dropped, List<Tensor> leaves) {
        Tensor weight = fixture.linear().weight().value();
        Tensor bias = fixture.linear().bias().orElseThrow().value();
        Tensor down = leaves.getFirst();
        int next = 1;
        List<Tensor> columns = new ArrayList<>();
        long done = 0;
        for (Adapter.Part part : fixture.adapter().parts()) {
            columns.add(plain(x, weight, bias, done, part.firstRow()));
            done = part.firstRow() + part.rows();
            Tensor up = leaves.get(next++);
            Tensor a = down.narrow(0, part.firstRank(), part.rank());
            Tensor change = dropped.linear(a).linear(up).mul(part.scale());
            Tensor raw = x.linear(part.rowsOf(weight)).add(change);
            if (part.magnitude() != null) {
                Tensor norms = part.rowsOf(weight)
                        .add(up.mm(a).mul(part.scale()))
                        .detach()
                        .norm2()
                        .squeeze(-1);
                raw = raw.mul(leaves.get(next++).div(norms));
            }
            columns.add(raw.add(part.rowsOf(bias)));
        }
        columns.add(plain(x, weight, bias, done, OUT));
        return Tensor.cat(columns, 1);
    }

    private static Tensor plain(Tensor x, Tensor weight, Tensor bias, long from, long to) {
        return x.linear(weight.narrow(0, from, to - from), bias.narrow(0, from, to - from));
    }

    private static void check(Fixture fixture, Tensor factors) {
        Tensor x = draw(20, 6, IN);
        Tensor upstream = draw(21, 6, OUT);
        List<Tensor> leaves = fixture.trained().stream()
                .map(parameter -> parameter.value().copy().requiresGrad())
                .toList();
        Tensor leafX = x.copy().requiresGrad();
        Tensor expected = reference(fixture, leafX, leafX.mul(factors), leaves);
        expected.mul(upstream).sum().backward();
        try (Keeper keeper = new Keeper()) {
            Graph graph = Graph.recording(keeper, 9);
            Value input = graph.input(x);
            Value output = fixture.linear().of(graph, input);
            assertClose("output", output.data(), expected.detach());
            graph.backward(output, upstream);
            assertClose("x", input.arrivedGradient(), leafX.grad());
            for (int i = 0; i < leaves.size(); i++) {
                Parameter parameter = fixture.trained().get(i);
                assertClose(
                        parameter.name(),
                        parameter.gradient().orElseThrow(),
                        leaves.get(i).grad());
            }
        }
    }

    private static void assertClose(String name, Tensor computed, Tensor expected) {
        assertThat(computed.shape()).as(name).isEqualTo(expected.shape());
        double difference =
                computed.sub(expected).abs().reshape(-1).amax(0, false).item();
        assertThat(difference).as(name).isLessThan(2e-5);
    }

    private static Tensor ones() {
        return Tensor.full(1, DType.FLOAT32, Device.CPU, 6, IN);
    }

    @Test
    void adaptedRowsHaveAutogradsGradients() {
        try (Scope scope = Scope.open()) {
            check(Fixture.of(false, 0), ones());
        }
    }

    @Test
    void magnitudesHaveAutogradsGradientsWithTheNormHeldConstant() {
        try (Scope scope = Scope.open()) {
            check(Fixture.of(true, 0), ones());
        }
    }

    @Test
    void dropoutActsOnTheAdaptersInputOnlyAndIsMadeUpFor() {
        try (Scope scope = Scope.open()) {
            double p = 0.4;
            Tensor x = ones();
            Tensor mask = Graph.recording(new Keeper(), 9).dropout(p, x);
            assertThat(mask.to(DType.FLOAT32).sum().item()).isBetween(1.0, 6.0 * IN - 1);
            check(Fixture.of(false, p), x.mul(mask).mul(1 / (1 - p)));
        }
    }

    @Test
    void dropoutIsOffWithoutAWayBack() {
        try (Scope scope = Scope.open()) {
            Tensor x = draw(20, 6, IN);
            Graph graph = Graph.inference();
            Tensor with =
                    Fixture.of(false, 0.4).linear().of(graph, graph.input(x)).data();
            Tensor without =
                    Fixture.of(false, 0).linear().of(graph, graph.input(x)).data();
            assertThat(with.toFloats()).isEqualTo(without.toFloats());
        }
    }

    @Test
    void foldedRowsComputeTheSame() {
        try (Scope scope = Scope.open()) {
            for (boolean magnitudes : new boolean[] {false, true}) {
                Fixture fixture = Fixture.of(magnitudes, 0);
                Tensor x = draw(20, 6, IN);
                Graph graph = Graph.inference();
                Tensor attached = fixture.linear().of(graph, graph.input(x)).data();
                Tensor weight = fixture.linear().weight().value().copy();
                for (Adapter.Part part : fixture.adapter().parts()) {
                    part.rowsOf(weight)
                            .copy_(fixture.adapter()
                                    .fold(part, fixture.linear().weight().value()));
                }
                Tensor bias = fixture.linear().bias().orElseThrow().value();
                assertClose("output", attached, x.linear(weight, bias));
            }
        }
    }

    @Test
    void anAliasSharesItsGradientAndHasItsOwnStandIn() {
        try (Scope scope = Scope.open()) {
            Parameter embedding = parameter("embed", true, draw(1, 2, 2));
            Parameter head = embedding.alias("head");
            embedding.accumulate(Tensor.of(1f, 1, 1, 1).view(2, 2));
            head.accumulate(Tensor.of(1f, 2, 3, 4).view(2, 2));
            assertThat(embedding.gradient().orElseThrow().toFloats()).containsExactly(2, 3, 4, 5);
            Parameter copy = parameter("copy", true, draw(2, 2, 2));
            head.standIn(copy);
            head.accumulate(Tensor.of(1f, 1, 1, 1).view(2, 2));
            assertThat(copy.gradient().orElseThrow().toFloats()).containsOnly(1);
            assertThat(embedding.gradient().orElseThrow().toFloats()).containsExactly(2, 3, 4, 5);
            assertThat(head.value().toFloats()).isEqualTo(copy.value().toFloats());
            head.standIn(null);
            assertThat(head.value().toFloats()).isEqualTo(embedding.value().toFloats());
        }
    }
}
