package org.align4j.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CounterRandomTest {
    private static final int DRAWS = 100_000;

    /// From a separate implementation of the class comment in Python.
    @Test
    void valuesNeverChange() {
        CounterRandom random = CounterRandom.of(42, "sampling");
        assertThat(random.bits()).isEqualTo(-3302236957576768985L);
        assertThat(random.bits(1, 2, 3)).isEqualTo(175160455331609263L);
        assertThat(random.permutation(8)).containsExactly(0, 1, 6, 5, 4, 2, 3, 7);
        assertThat(random.gaussian(5)).isEqualTo(1.8199336010084013, within(1e-15));
    }

    @Test
    void streamsAreKeysCutInTwo() {
        CounterRandom random = CounterRandom.of(1, "a");
        assertThat(random.at(7).bits(8, 9)).isEqualTo(random.bits(7, 8, 9));
    }

    @Test
    void seedPurposeAndOrderOfTheKeyAllMatter() {
        Set<Long> bits = new HashSet<>();
        for (long seed = -2; seed <= 2; seed++) {
            for (String purpose : new String[] {"", "a", "b", "ab", "ba"}) {
                CounterRandom random = CounterRandom.of(seed, purpose);
                bits.add(random.bits());
                for (long i = 0; i < 10; i++) {
                    bits.add(random.bits(i));
                    for (long j = 0; j < 10; j++) {
                        bits.add(random.bits(i, j));
                    }
                }
            }
        }
        assertThat(bits).hasSize(5 * 5 * 111);
    }

    @Test
    void uniformsFillTheirRangeEvenlyAndIndependently() {
        // Consecutive counters are the likeliest to be related: test pairs of them in 16 x 16 cells.
        CounterRandom random = CounterRandom.of(0, "test");
        int[] cells = new int[256];
        for (int i = 0; i < DRAWS; i++) {
            cells[16 * (int) (16 * random.uniform(i)) + (int) (16 * random.uniform(i + 1))]++;
        }
        // 255 degrees of freedom: mean 255, standard deviation 22.6.
        assertThat(chiSquare(cells)).isBetween(255 - 4 * 22.6, 255 + 4 * 22.6);
    }

    @Test
    void everyBitOfTheKeyFlipsHalfOfTheBits() {
        CounterRandom random = CounterRandom.of(0, "test");
        for (int bit = 0; bit < 64; bit++) {
            long flips = 0;
            for (long i = 0; i < 1000; i++) {
                flips += Long.bitCount(random.bits(i, 5) ^ random.bits(i ^ (1L << bit), 5));
            }
            // 64,000 coins: standard deviation 126.
            assertThat(flips).as("bit " + bit).isBetween(32_000L - 700, 32_000L + 700);
        }
    }

    @Test
    void gaussiansHaveTheMomentsOfTheNormal() {
        CounterRandom random = CounterRandom.of(9, "test");
        double[] values =
                IntStream.range(0, DRAWS).mapToDouble(random::gaussian).toArray();
        double[] moments = new double[5];
        for (double value : values) {
            for (int power = 1; power <= 4; power++) {
                moments[power] += Math.pow(value, power) / DRAWS;
            }
        }
        assertThat(moments[1]).isEqualTo(0, within(0.015));
        assertThat(moments[2]).isEqualTo(1, within(0.02));
        assertThat(moments[3]).isEqualTo(0, within(0.05));
        assertThat(moments[4]).isEqualTo(3, within(0.15));
    }

    @Test
    void boundedDrawsAreEven() {
        CounterRandom random = CounterRandom.of(4, "test");
        int[] counts = new int[7];
        for (int i = 0; i < DRAWS; i++) {
            counts[(int) random.below(7, i)]++;
        }
        // 6 degrees of freedom: the 99.99 % point.
        assertThat(chiSquare(counts)).isLessThan(27.9);
        // A quarter of all bits lies past this bound's last multiple and is drawn again.
        long large = (1L << 62) + 1;
        assertThat(IntStream.range(0, 1000).mapToLong(i -> random.below(large, i)))
                .allMatch(value -> value >= 0 && value < large);
        assertThatThrownBy(() -> random.below(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void permutationsAreAllEquallyLikely() {
        CounterRandom random = CounterRandom.of(6, "shuffle");
        int[] counts = new int[64];
        for (int i = 0; i < 24_000; i++) {
            int[] order = random.permutation(4, i);
            assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3);
            counts[16 * order[0] + 4 * order[1] + order[2]]++;
        }
        int[] seen = IntStream.of(counts).filter(count -> count > 0).toArray();
        assertThat(seen).hasSize(24);
        // 23 degrees of freedom: the 99.99 % point.
        assertThat(chiSquare(seen)).isLessThan(56);
    }

    private static double chiSquare(int[] counts) {
        double expected = IntStream.of(counts).sum() / (double) counts.length;
        return IntStream.of(counts)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
    }
}
