package org.align4j.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.random.CounterRandom;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final CounterRandom RANDOM = CounterRandom.of(1, "test");

    private static double[] normal(int count, double mean, long key) {
        return IntStream.range(0, count)
                .mapToDouble(i -> mean + RANDOM.gaussian(key, i))
                .toArray();
    }

    /// Of a mean of many normal values: 1.96 standard errors to either side.
    @Test
    void intervalOfAMeanIsTheNormalOne() {
        double[] values = normal(1000, 3, 0);
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow();
        double half = 1.96 * Math.sqrt(variance / values.length);
        Interval interval = Bootstrap.interval(values, 7);
        assertThat(interval.low()).isCloseTo(mean - half, within(0.03 * half));
        assertThat(interval.high()).isCloseTo(mean + half, within(0.03 * half));
        assertThat(Bootstrap.interval(values, 7)).isEqualTo(interval);
        assertThat(Bootstrap.interval(values, 8)).isNotEqualTo(interval);
    }

    @Test
    void intervalsHoldTheTruthNineteenTimesOfTwenty() {
        long held = IntStream.range(0, 100)
                .filter(trial -> {
                    Interval interval = Bootstrap.interval(normal(60, 1, trial + 10), 0);
                    return interval.low() <= 1 && 1 <= interval.high();
                })
                .count();
        assertThat(held).isBetween(88L, 99L);
    }

    /// Both models share what makes an item hard; apart, the intervals overlap.
    @Test
    void pairingSeesADifferenceThatSeparateIntervalsHide() {
        double[] first = normal(200, 0, 1);
        double[] noise = normal(200, 0, 2);
        double[] second = IntStream.range(0, 200)
                .mapToDouble(i -> first[i] + 0.1 + 0.1 * noise[i])
                .toArray();
        Difference difference = Bootstrap.paired(first, second, 0);
        assertThat(difference.value()).isCloseTo(0.1, within(0.03));
        assertThat(difference.interval().low()).isPositive();
        assertThat(difference.p()).isLessThan(0.001);
        assertThat(Bootstrap.interval(first, 0).apartFrom(Bootstrap.interval(second, 0)))
                .isFalse();
    }

    @Test
    void equalModelsDoNotDiffer() {
        double[] values = {1, 0, 1, 1};
        assertThat(Bootstrap.paired(values, values, 0)).isEqualTo(new Difference(0, new Interval(0, 0), 1));
    }

    @Test
    void figuresOfSumsAreResampledAsWholes() {
        List<double[]> items = List.of(new double[] {-2, 1}, new double[] {-9, 3}, new double[] {-4, 2});
        Figure perplexity = sums -> Math.exp(-sums[0] / sums[1]);
        Interval interval = Bootstrap.interval(items, perplexity, 0);
        assertThat(interval.low()).isCloseTo(Math.exp(2), within(1e-9));
        assertThat(interval.high()).isCloseTo(Math.exp(3), within(1e-9));
    }

    @Test
    void refusesNothingAndPairsOfDifferentSizes() {
        assertThatThrownBy(() -> Bootstrap.interval(new double[0], 0)).hasMessageContaining("at least one item");
        assertThatThrownBy(() -> Bootstrap.paired(new double[2], new double[3], 0))
                .hasMessageContaining("2 items cannot be paired with 3");
    }
}
