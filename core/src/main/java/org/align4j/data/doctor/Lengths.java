package org.align4j.data.doctor;

import java.util.Arrays;

/// How long texts are. Grows by four bytes a text.
public final class Lengths {
    private int[] lengths = new int[1024];
    private int count;

    void add(int length) {
        if (count == lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        lengths[count++] = length;
    }

    public int count() {
        return count;
    }

    /// The length that a share of the texts doesn't exceed; 0 of none.
    public int quantile(double share) {
        if (count == 0) {
            return 0;
        }
        int[] sorted = Arrays.copyOf(lengths, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(count - 1L, (long) Math.floor(share * count))];
    }

    /// Texts of at most 1, 2, 4 … characters, each range without those before it.
    public long[] byPowersOfTwo() {
        long[] ranges = new long[32];
        for (int i = 0; i < count; i++) {
            ranges[lengths[i] <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(lengths[i] - 1)]++;
        }
        return ranges;
    }
}
