package org.align4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.align4j.error.AlignException;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void cpuIsRead() {
        assertThat(Device.parse("cpu")).isEqualTo(Device.CPU).hasToString("cpu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda", "cuda:0", "cuda:7"})
    void aGpuThatIsNotThereIsAConfigurationError(String text) {
        assumeFalse(torch.hasCUDA() && torch.getNumGPUs() > 7);
        assumeFalse(torch.hasCUDA() && !text.equals("cuda:7"));
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageStartingWith("device: " + text)
                .extracting(e -> ((AlignException) e).exitCode())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CPU", "gpu", "cuda:", "cuda:x", "cuda:-1", "cpu:0", "cuda:99999999999"})
    void anythingElseIsRefusedWithWhatWouldDo(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageStartingWith("device: ")
                .hasMessageContaining(text);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void tensorsHaveTheTypeThatTheyWereMadeWith(DType dtype) {
        try (Scope scope = Scope.open()) {
            Tensor tensor = Tensor.zeros(dtype, Device.CPU, 3);
            assertThat(tensor.dtype()).isEqualTo(dtype);
            assertThat(tensor.device()).isEqualTo(Device.CPU);
            assertThat(tensor.segment().byteSize()).isEqualTo(3L * dtype.bytes());
            assertThat(tensor.toFloats()).containsExactly(0, 0, 0);
        }
    }

    @Test
    void theFastestTypeIsOneThatModelsComputeIn() {
        assertThat(DType.fastest(Device.CPU)).isIn(DType.FLOAT32, DType.BFLOAT16);
        assertThat(DType.fastest(new Device(Device.Kind.CUDA, 0))).isEqualTo(DType.BFLOAT16);
    }
}
