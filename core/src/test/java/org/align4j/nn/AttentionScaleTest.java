package org.align4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionScaleTest {
    @ParameterizedTest
    @ValueSource(ints = {16, 12, 64, 80, 128})
    void bfloat16ScoresAreThoseOfAProductThatIsScaledAfterwards(int headSize) {
        try (Scope scope = Scope.open()) {
            AttentionScale scale = new AttentionScale(1 / Math.sqrt(headSize));
            Tensor queries = noise(1, 3, 20, headSize);
            Tensor keys = noise(2, 3, 30, headSize).transpose(1, 2);
            float[] expected = queries.bmm(keys).mul(scale.factor()).toFloats();
            Tensor scores = scale.scores_(scale.queries_(queries).bmm(keys));
            assertThat(scores.toFloats()).isEqualTo(expected);
        }
    }

    private static Tensor noise(long seed, long... shape) {
        return Tensor.uniform(-4, 4, seed, Tensor.zeros(DType.FLOAT32, Device.CPU, shape))
                .to(DType.BFLOAT16);
    }
}
