package org.align4j.data.flan.prompt;

import org.align4j.random.CounterRandom;

/// A random order of 0 … `size - 1` of which any place is found alone, without memory: a Feistel
/// network over the next
/// power of four, walked until it lands inside (Black and Rogaway 2002).
record RandomOrder(long size, CounterRandom keys) {
    private static final int ROUNDS = 6;

    /// What stands at `place`.
    long at(long place) {
        int half = Math.max(1, (65 - Long.numberOfLeadingZeros(Math.max(1, size - 1))) / 2);
        long mask = (1L << half) - 1;
        long value = place;
        do {
            long left = value >>> half;
            long right = value & mask;
            for (int round = 0; round < ROUNDS; round++) {
                long next = left ^ (keys.bits(round, right) & mask);
                left = right;
                right = next;
            }
            value = left << half | right;
        } while (value >= size);
        return value;
    }
}
