package org.align4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.nn.Parameters;

/// Gradients of parameters, for comparisons.
public final class Gradients {
    private Gradients() {}

    /// Each parameter's gradient after a window in which `passes` ran.
    public static Map<String, float[]> after(Parameters parameters, Runnable passes) {
        parameters.startWindow();
        passes.run();
        parameters.finishWindow();
        Map<String, float[]> gradients = new LinkedHashMap<>();
        parameters
                .all()
                .forEach(parameter -> gradients.put(
                        parameter.name(), parameter.gradient().orElseThrow().toFloats()));
        return gradients;
    }

    /// Asserts that the difference is at most `tolerance` of the largest value of each parameter's
    /// gradient.
    public static void assertClose(Map<String, float[]> computed, Map<String, float[]> expected, double tolerance) {
        assertThat(computed).containsOnlyKeys(expected.keySet());
        computed.forEach((name, values) -> assertClose(name, values, expected.get(name), tolerance));
    }

    /// Asserts that the difference is at most `tolerance` of the largest expected value (or of
    /// 1e-3).
    public static void assertClose(String name, float[] computed, float[] expected, double tolerance) {
        assertThat(computed).as(name).hasSameSizeAs(expected);
        double largest = 1e-3;
        double difference = 0;
        for (int i = 0; i < computed.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(computed[i] - expected[i]));
        }
        assertThat(difference / largest).as(name).isLessThanOrEqualTo(tolerance);
    }
}
