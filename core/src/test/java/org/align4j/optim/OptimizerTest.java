package org.align4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.align4j.error.AlignException;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
    private static final int VALUES = 24;

    static List<OptimizerConfig> everyOptimizer() {
        return List.of(
                OptimizerConfig.named("adamw", Map.of("amsgrad", true)),
                OptimizerConfig.named("adam", Map.of()),
                OptimizerConfig.named("sgd", Map.of("momentum", 0.9, "nesterov", true)),
                OptimizerConfig.named("rmsprop", Map.of("momentum", 0.5, "centered", true)),
                OptimizerConfig.named("adafactor", Map.of("beta1", 0.9, "scale_parameter", true)),
                OptimizerConfig.named("lion", Map.of()));
    }

    @ParameterizedTest
    @MethodSource("everyOptimizer")
    void resumedRunIsBitEqualToAnUninterruptedOne(OptimizerConfig config) {
        try (Scope scope = Scope.open()) {
            ParameterGroup whole = group(DType.FLOAT32);
            ParameterGroup resumed = group(DType.FLOAT32);
            try (Optimizer through = config.over(List.of(whole));
                    Optimizer before = config.over(List.of(resumed));
                    Optimizer after = config.over(List.of(resumed))) {
                run(through, whole, 0, 6);
                run(before, resumed, 0, 3);
                after.load(before.state());
                run(after, resumed, 3, 6);
                assertThat(resumed.master().toFloats()).isEqualTo(whole.master().toFloats());
                assertThat(after.state().step()).isEqualTo(6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyOptimizer")
    void gradientScaleIsThatOfTheGradients(OptimizerConfig config) {
        try (Scope scope = Scope.open()) {
            ParameterGroup scaled = group(DType.FLOAT32);
            ParameterGroup plain = group(DType.FLOAT32);
            try (Optimizer first = config.over(List.of(scaled));
                    Optimizer second = config.over(List.of(plain))) {
                for (int step = 0; step < 4; step++) {
                    fill(scaled.gradient(), step);
                    first.step(0.01, 0.25);
                    fill(plain.gradient(), step);
                    Gradients.scale(List.of(plain), 0.25);
                    second.step(0.01, 1);
                }
                assertThat(scaled.master().toFloats()).isEqualTo(plain.master().toFloats());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyOptimizer")
    void bfloat16GradientsCountAsTheirFloat32Values(OptimizerConfig config) {
        try (Scope scope = Scope.open()) {
            ParameterGroup narrow = group(DType.BFLOAT16);
            ParameterGroup wide = group(DType.FLOAT32);
            try (Optimizer first = config.over(List.of(narrow));
                    Optimizer second = config.over(List.of(wide))) {
                for (int step = 0; step < 4; step++) {
                    fill(narrow.gradient(), step);
                    wide.gradient().copy_(narrow.gradient());
                    first.step(0.01, 0.5);
                    second.step(0.01, 0.5);
                }
                assertThat(narrow.master().toFloats()).isEqualTo(wide.master().toFloats());
            }
        }
    }

    @Test
    void lionStepsByTheRateAlongTheSign() {
        try (Scope scope = Scope.open()) {
            ParameterGroup group = new ParameterGroup("g", Tensor.of(1f, 1f, 1f), Tensor.of(3f, -2f, 0f), 0.5);
            try (Optimizer lion = new OptimizerConfig.Lion(0.9, 0.99).over(List.of(group))) {
                lion.step(0.1, 1);
                // 1 - 0.1 · 0.5 · 1 ∓ 0.1
                assertThat(group.master().toFloats()).containsExactly(new float[] {0.85f, 1.05f, 0.95f}, within(1e-6f));
                // The mean is 0.03: 0.9 of it outweighs a tenth of -0.2, so the sign stays.
                group.gradient().copy_(Tensor.of(-0.2f, 2f, 0f));
                lion.step(0.1, 1);
                assertThat(group.master().toFloats()[0]).isCloseTo(0.85f * 0.95f - 0.1f, within(1e-6f));
                assertThat(group.master().toFloats()[1]).isCloseTo(1.05f * 0.95f - 0.1f, within(1e-6f));
            }
        }
    }

    @Test
    void matrixOfManyChunksIsFactoredAsOne() {
        // Three chunks of rows; all squares are 4, so the direction is ±1 and its size 1.
        long rows = 3 * Chunks.VALUES / 1024 - 5;
        try (Scope scope = Scope.open()) {
            Tensor gradient = Tensor.full(-2, DType.FLOAT32, Device.CPU, rows * 1024);
            ParameterGroup group = new ParameterGroup(
                    "g",
                    Tensor.zeros(DType.FLOAT32, Device.CPU, rows * 1024),
                    gradient,
                    0,
                    List.of(new ParameterGroup.Part("w", 0, List.of(rows, 1024L))));
            try (Optimizer adafactor =
                    OptimizerConfig.named("adafactor", Map.of()).over(List.of(group))) {
                adafactor.step(0.5, 1);
                assertThat(group.master()
                                .sub_(Tensor.full(0.5, DType.FLOAT32, Device.CPU, rows * 1024))
                                .abs()
                                .amax(0, false)
                                .item())
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void stateOfOtherParametersIsRefusedAndChangesNothing() {
        OptimizerConfig config = OptimizerConfig.named("adamw", Map.of());
        try (Scope scope = Scope.open()) {
            ParameterGroup group = group(DType.FLOAT32);
            try (Optimizer optimizer = config.over(List.of(group))) {
                run(optimizer, group, 0, 1);
                float[] before = optimizer.state().tensors().get("g.exp_avg").toFloats();
                SequencedMap<String, Tensor> other = new LinkedHashMap<>();
                other.put("g.exp_avg", Tensor.of(1f));
                other.put("h.exp_avg_sq", Tensor.of(1f));
                assertThatThrownBy(() -> optimizer.load(new OptimizerState(7, other)))
                        .isInstanceOf(AlignException.Checkpoint.class)
                        .hasMessageContaining("g.exp_avg: is FLOAT32[1], not FLOAT32[24]")
                        .hasMessageContaining("g.exp_avg_sq: missing")
                        .hasMessageContaining("h.exp_avg_sq: belongs to no parameter");
                assertThat(optimizer.state().step()).isEqualTo(1);
                assertThat(optimizer.state().tensors().get("g.exp_avg").toFloats())
                        .isEqualTo(before);
            }
        }
    }

    @Test
    void normOfManyChunksIsExactAndShowsWhatIsNotFinite() {
        try (Scope scope = Scope.open()) {
            long values = 4 * Chunks.VALUES + 9;
            Tensor gradient = Tensor.full(0.5, DType.FLOAT32, Device.CPU, values);
            List<ParameterGroup> groups = List.of(new ParameterGroup("g", gradient, gradient, 0));
            assertThat(Gradients.norm(groups)).isCloseTo(0.5 * Math.sqrt((double) values), within(1e-3));
            gradient.narrow(0, 5, 1).fill_(Double.NaN);
            assertThat(Gradients.norm(groups)).isNaN();
            assertThatThrownBy(() -> Gradients.clipFactor(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void wrongOptionsAreReportedTogether() {
        assertThatThrownBy(() -> OptimizerConfig.named("adamw", Map.of("beta1", 2, "eps", 1e-8)))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("beta1: 2 is not between 0 and 1")
                .hasMessageContaining("eps: unknown option; known: amsgrad, beta1, beta2, epsilon");
        assertThatThrownBy(() -> OptimizerConfig.named("adamv", Map.of())).hasMessageContaining("did you mean adamw?");
    }

    private static void run(Optimizer optimizer, ParameterGroup group, int from, int to) {
        for (int step = from; step < to; step++) {
            fill(group.gradient(), step);
            optimizer.step(0.01 * (step + 1), 1);
        }
    }

    private static ParameterGroup group(DType gradients) {
        Tensor master = Tensor.zeros(DType.FLOAT32, Device.CPU, VALUES);
        fill(master, 99);
        return new ParameterGroup(
                "g",
                master,
                Tensor.zeros(gradients, Device.CPU, VALUES),
                0.1,
                List.of(
                        new ParameterGroup.Part("w", 0, List.of(4L, 5L)),
                        new ParameterGroup.Part("b", 20, List.of(4L))));
    }

    private static void fill(Tensor tensor, long seed) {
        Random random = new Random(seed);
        float[] values = new float[VALUES];
        for (int i = 0; i < VALUES; i++) {
            values[i] = (float) random.nextGaussian();
        }
        tensor.copy_(Tensor.of(values));
    }
}
