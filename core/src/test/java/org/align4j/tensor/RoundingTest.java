package org.align4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundingTest {
    /// 1 / √12 is no bfloat16: libtorch's `mul_(Scalar)` would round it to 0.2891 first.
    private static final double FACTOR = 1 / Math.sqrt(12);

    @Test
    void factorsAreNotRoundedToBfloat16BeforeTheProduct() {
        try (Scope scope = Scope.open()) {
            Tensor x = noise();
            float[] expected =
                    x.to(DType.FLOAT32).mul(FACTOR).to(DType.BFLOAT16).toFloats();
            assertThat(x.mul(FACTOR).toFloats()).isEqualTo(expected);
            assertThat(x.copy().mul_(FACTOR).toFloats()).isEqualTo(expected);
        }
    }

    private static Tensor noise() {
        return Tensor.uniform(-4, 4, 1, Tensor.zeros(DType.FLOAT32, Device.CPU, 50))
                .to(DType.BFLOAT16);
    }
}
