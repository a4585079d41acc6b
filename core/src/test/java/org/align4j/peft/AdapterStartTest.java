package org.align4j.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.align4j.peft.AdapterConfig.Initialisation;
import org.junit.jupiter.api.Test;

class AdapterStartTest {
    private static final int INPUTS = 4096;
    private static final AdapterTarget TARGET = new AdapterTarget("model.layers.0.self_attn.q_proj", 16, 2, false);

    @Test
    void defaultIsUniformWithinKaimingsBoundAndZeroForB() {
        float[] a = a(TARGET, Initialisation.DEFAULT, 7);
        double bound = 1 / Math.sqrt(INPUTS);
        double largest = 0;
        for (float value : a) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isBetween(0.999 * bound, bound);
        assertThat(mean(a)).isCloseTo(0, within(0.01 * bound));
        // A uniform's variance is bound² / 3.
        assertThat(deviation(a)).isCloseTo(bound / Math.sqrt(3), within(0.01 * bound));
        float[] b = {1, 2, 3};
        AdapterStart.fillB(b, TARGET, Initialisation.DEFAULT, 7);
        assertThat(b).containsOnly(0);
    }

    @Test
    void gaussianHasDeviationOneOverRank() {
        float[] a = a(TARGET, Initialisation.GAUSSIAN, 7);
        assertThat(mean(a)).isCloseTo(0, within(1e-3));
        assertThat(deviation(a)).isCloseTo(1.0 / 16, within(1e-3));
    }

    @Test
    void seedAndModuleDecideTheValues() {
        AdapterTarget other = new AdapterTarget("model.layers.1.self_attn.q_proj", 16, 2, false);
        float[] first = a(TARGET, Initialisation.DEFAULT, 7);
        assertThat(a(TARGET, Initialisation.DEFAULT, 7)).isEqualTo(first);
        for (float[] second :
                new float[][] {a(TARGET, Initialisation.DEFAULT, 8), a(other, Initialisation.DEFAULT, 7)}) {
            double product = 0;
            for (int i = 0; i < first.length; i++) {
                product += first[i] * second[i];
            }
            double correlation = product / first.length / (deviation(first) * deviation(second));
            assertThat(correlation).isCloseTo(0, within(0.02));
        }
    }

    private static float[] a(AdapterTarget target, Initialisation initialisation, long seed) {
        float[] values = new float[target.rank() * INPUTS];
        AdapterStart.fillA(values, target, initialisation, seed);
        return values;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double deviation(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value * (double) value;
        }
        return Math.sqrt(sum / values.length);
    }
}
