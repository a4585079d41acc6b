package org.align4j.random;

/// Random numbers that are a function of a key: there is no "next", so a draw doesn't depend on
/// what else was drawn, in which order or on which thread. An interrupted run repeats its draws
/// exactly.
///
/// A stream is fixed by a seed and a purpose (two purposes of one seed share nothing), [#at]
/// derives finer streams, and each function takes the rest of the key: `CounterRandom.of(seed,
/// "sampling").uniform(iteration, row, position)`. `at(a).bits(b)` equals `bits(a, b)`.
///
/// The generator: a key's numbers are absorbed one after the other, `state = mix(state ^
/// mix(number + g))` with `mix` the finaliser of SplitMix64 (Steele, Lea and Flood 2014, in
/// Stafford's variant 13) and `g` its odd constant. Each step is a bijection of the number, so
/// keys that differ only in their last number never give equal bits. It is not cryptographic.
/// Its values never change: checkpoints and recorded runs rely on them.
public final class CounterRandom {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final double ULP_53 = 0x1p-53;

    private final long state;

    private CounterRandom(long state) {
        this.state = state;
    }

    /// The stream of `seed` for one purpose, such as `"shuffle"`, `"initialisation"` or
    /// `"sampling"`.
    public static CounterRandom of(long seed, String purpose) {
        long state = absorb(GOLDEN_GAMMA, seed);
        for (int i = 0; i < purpose.length(); i++) {
            state = absorb(state, purpose.charAt(i));
        }
        return new CounterRandom(absorb(state, purpose.length()));
    }

    /// The stream below this one at `key`.
    public CounterRandom at(long... key) {
        return new CounterRandom(absorb(state, key));
    }

    /// 64 random bits.
    public long bits(long... key) {
        return absorb(state, key);
    }

    /// Uniform on [0, 1): a multiple of 2^-53.
    public double uniform(long... key) {
        return (bits(key) >>> 11) * ULP_53;
    }

    /// Standard normal, by Box and Muller's transform of two uniforms.
    public double gaussian(long... key) {
        long bits = bits(key);
        // One minus a uniform is on (0, 1], where the logarithm is finite.
        double radius = Math.sqrt(-2 * Math.log(1 - (absorb(bits, 0) >>> 11) * ULP_53));
        return radius * Math.cos(2 * Math.PI * ((absorb(bits, 1) >>> 11) * ULP_53));
    }

    /// Uniform on 0 … `bound - 1`, without bias.
    ///
    /// @throws IllegalArgumentException unless `bound` is positive
    public long below(long bound, long... key) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound + " is not positive");
        }
        long bits = bits(key);
        // The top of the range that isn't a whole multiple of bound is drawn again.
        long limit = Long.divideUnsigned(-1L, bound) * bound;
        while (Long.compareUnsigned(bits, limit) >= 0) {
            bits = absorb(bits, 0);
        }
        return Long.remainderUnsigned(bits, bound);
    }

    /// A uniformly random order of 0 … `size - 1` (Fisher and Yates).
    public int[] permutation(int size, long... key) {
        CounterRandom draws = at(key);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = (int) draws.below(i + 1L, i);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long absorb(long state, long... key) {
        long result = state;
        for (long number : key) {
            result = mix(result ^ mix(number + GOLDEN_GAMMA));
        }
        return result;
    }

    private static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
