package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.data.PackedBatch;
import org.align4j.loss.LoadBalancing;
import org.align4j.model.CausalLm.Recording;
import org.align4j.nn.Parameter;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Gradients;
import org.align4j.testing.TinyFamilies;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Gradients of every parameter against finite differences, for a loss that reads everything that a
/// forward pass can give, each target with a weight of its own.
class GradientTest {
    private static final Wanted WANTED = Wanted.logps()
            .withTemperature(0.7)
            .withEntropy()
            .withMeanLogp()
            .withNoise(1)
            .withSeed(4);

    /// How much the loss changes in a difference: float32's rounding of it stays below a
    /// ten-thousandth of that.
    private static final double CHANGE = 0.02;

    private static PackedBatch batch() {
        CounterRandom random = CounterRandom.of(11, "tokens");
        return PackedBatch.allTrained(List.of(sequence(random.at(0), 9), sequence(random.at(1), 6)));
    }

    private static int[] sequence(CounterRandom random, int length) {
        return IntStream.range(0, length)
                .map(t -> (int) random.below(TinyFamilies.VOCABULARY, t))
                .toArray();
    }

    private static Tensor weights(int stream, long count) {
        CounterRandom random = CounterRandom.of(5, "weights").at(stream);
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.gaussian(i);
        }
        return Tensor.of(values);
    }

    private static Tensor loss(Tape tape) {
        long count = tape.logps().numel();
        Tensor loss = tape.logps().mul(weights(0, count)).sum();
        loss = loss.add(tape.entropy().mul(weights(1, count)).sum());
        loss = loss.add(tape.meanLogp().mul(weights(2, count)).sum());
        loss = loss.add(tape.divergence().mul(weights(3, count)).sum());
        return tape.routerScores().isEmpty()
                ? loss
                : loss.add(LoadBalancing.of(tape.routerScores(), 2).mul(3));
    }

    /// What the loss reads, with a teacher of other weights.
    private static Wanted wanted(PackedBatch batch) {
        CausalLm teacher = TinyFamilies.of("llama", false);
        return WANTED.withSoft(SoftTargets.of(teacher, batch, 1.5, 7));
    }

    private static double lossOf(CausalLm model, PackedBatch batch) {
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, wanted(batch), Recording.NONE)) {
            return loss(tape).item();
        }
    }

    private static Map<String, float[]> gradients(CausalLm model, PackedBatch batch) {
        return Gradients.after(model.parameters(), () -> {
            try (Scope scope = Scope.open();
                    Tape tape = model.forward(batch, wanted(batch), Recording.RECOMPUTE)) {
                loss(tape).backward();
                tape.backward();
            }
        });
    }

    /// Half along the gradient, half random: a missing part shows in the latter, and the slope is
    /// never near 0.
    private static float[] direction(float[] gradient, CounterRandom random) {
        double norm = norm(gradient);
        float[] direction = new float[gradient.length];
        for (int i = 0; i < direction.length; i++) {
            direction[i] = (float) (gradient[i] / norm + random.gaussian(i) / Math.sqrt(direction.length));
        }
        return direction;
    }

    private static double norm(float[] values) {
        return Math.sqrt(dot(values, values));
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /// (f(x + h d) - f(x - h d)) / 2h.
    private static double difference(
            CausalLm model, PackedBatch batch, Parameter parameter, float[] direction, double step) {
        try (Scope scope = Scope.open()) {
            Tensor master = parameter.master();
            Tensor before = master.copy();
            Tensor change = Tensor.of(direction).view(master.shape()).mul(step);
            master.copy_(before.add(change));
            double above = lossOf(model, batch);
            master.copy_(before.sub(change));
            double below = lossOf(model, batch);
            master.copy_(before);
            return (above - below) / (2 * step);
        }
    }

    @TestFactory
    Stream<DynamicTest> gradientsAreTheSlopesOfTheLoss() {
        return TinyFamilies.names().stream()
                .map(family -> DynamicTest.dynamicTest(family, () -> {
                    try (Scope scope = Scope.open()) {
                        CausalLm model = TinyFamilies.of(family, true);
                        PackedBatch batch = batch();
                        CounterRandom random = CounterRandom.of(17, "directions");
                        long stream = 0;
                        Map<String, float[]> gradients = gradients(model, batch);
                        for (Parameter parameter : model.parameters().all()) {
                            float[] gradient = gradients.get(parameter.name());
                            float[] direction = direction(gradient, random.at(stream++));
                            double slope = dot(gradient, direction);
                            double step = CHANGE / Math.max(Math.abs(slope), 1);
                            // Richardson: the error of second order cancels.
                            double once = difference(model, batch, parameter, direction, step);
                            double twice = difference(model, batch, parameter, direction, 2 * step);
                            assertThat((4 * once - twice) / 3)
                                    .as(parameter.name())
                                    .isCloseTo(slope, within(0.003 * norm(gradient) + 1e-3));
                        }
                    }
                }));
    }
}
