package org.align4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;

class GgmlTypeTest {
    /// Half a step of each writable type, as a fraction of the block's greatest magnitude 1
    /// (values lie in -1..1), with some room for the rounding of the scale to half precision.
    private static final Map<GgmlType, Double> HALF_STEPS = Map.of(
            GgmlType.Q4_0, 1.01 / 8,
            GgmlType.Q4_1, 1.02 / 15,
            GgmlType.Q5_0, 1.01 / 16,
            GgmlType.Q5_1, 1.02 / 31,
            GgmlType.Q8_0, 1.1 / 254,
            GgmlType.MXFP4, 0.251,
            GgmlType.TQ1_0, 0.501,
            GgmlType.TQ2_0, 0.501);

    private static final List<GgmlType> READ_ONLY = List.of(
            GgmlType.Q2_K,
            GgmlType.Q3_K,
            GgmlType.Q4_K,
            GgmlType.Q5_K,
            GgmlType.Q6_K,
            GgmlType.IQ4_NL,
            GgmlType.IQ4_XS);

    @Test
    void valuesComeBackWithinHalfAStep() {
        Random random = new Random(3);
        float[] values = new float[20_224]; // 79 blocks of 256: two chunks and a part of one
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        HALF_STEPS.forEach((type, halfStep) -> {
            float[] back = thereAndBack(type, values);
            for (int i = 0; i < values.length; i++) {
                assertThat(Math.abs(back[i] - values[i]))
                        .as("%s, value %d", type, i)
                        .isLessThan((float) (double) halfStep);
            }
        });
    }

    @Test
    void zerosStayZero() {
        for (GgmlType type : HALF_STEPS.keySet()) {
            assertThat(thereAndBack(type, new float[512])).as(type.name()).containsOnly(0f);
        }
    }

    @Test
    void typesThatAreOnlyReadSaySo() {
        for (GgmlType type : READ_ONLY) {
            assertThatThrownBy(() -> thereAndBack(type, new float[256]))
                    .isInstanceOf(AlignException.Checkpoint.class)
                    .hasMessageContaining(type + ": read only; write");
        }
    }

    @Test
    void everyTypeHasANumberAndANameOfItsOwn() {
        for (GgmlType type : GgmlType.values()) {
            assertThat(GgmlType.numbered(type.number())).contains(type);
            assertThat(GgmlType.named(type.name())).contains(type);
        }
        assertThat(GgmlType.numbered(-1)).isEmpty();
    }

    private static float[] thereAndBack(GgmlType type, float[] values) {
        MemorySegment floats = RawTensor.of(new long[] {values.length}, values).data();
        MemorySegment raw = MemorySegment.ofArray(new byte[(int) type.bytes(values.length)]);
        type.encode(floats, raw);
        // Whatever was there before is overwritten.
        float[] rubbish = new float[values.length];
        Arrays.fill(rubbish, Float.NaN);
        MemorySegment back = RawTensor.of(new long[] {values.length}, rubbish).data();
        type.decode(raw, back);
        return back.toArray(LittleEndian.FLOAT);
    }
}
