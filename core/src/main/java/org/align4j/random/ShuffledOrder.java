package org.align4j.random;

/// A random order of the numbers from 0 to `size - 1`, each place computed when it is asked for:
/// nothing grows with the size. A Feistel network of four rounds permutes the next larger power of
/// four, and numbers beyond the size are sent through it again (Black and Rogaway 2002, "Ciphers
/// with arbitrary finite domains").
///
/// @param size how many numbers
/// @param key of the order
public record ShuffledOrder(long size, CounterRandom key) {
    private static final int ROUNDS = 4;

    /// The number at `place`.
    public long at(long place) {
        int half = (Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, size - 1)) + 1) / 2;
        long mask = (1L << half) - 1;
        long number = place;
        do {
            long left = number >>> half;
            long right = number & mask;
            for (int round = 0; round < ROUNDS; round++) {
                long next = left ^ (key.bits(round, right) & mask);
                left = right;
                right = next;
            }
            number = left << half | right;
        } while (number >= size);
        return number;
    }
}
