package org.align4j.data;

/// Random numbers that are functions of a key and a counter, so that any of them can be had again
/// without those before it. Mixes with the finaliser of SplitMix64 (Steele, Lea and Flood 2014, with
/// Stafford's constants, variant 13).
///
/// @param key distinguishes streams
public record CounterRandom(long key) {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    /// The stream of a seed and a path below it, such as (seed, epoch).
    public static CounterRandom of(long seed, long... path) {
        long key = mix(seed + GOLDEN_GAMMA);
        for (long part : path) {
            key = mix(key ^ mix(part + GOLDEN_GAMMA));
        }
        return new CounterRandom(key);
    }

    /// 64 random bits.
    public long bits(long counter) {
        return mix(key + GOLDEN_GAMMA * (counter + 1));
    }

    /// A number from 0 to `bound` - 1. The bias is below bound / 2^64.
    public int below(int bound, long counter) {
        return (int) Math.unsignedMultiplyHigh(bits(counter), bound);
    }

    /// The numbers 0 to `size` - 1 in random order (Fisher and Yates), counters 0 to `size` - 1.
    public int[] permutation(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = below(i + 1, i);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
