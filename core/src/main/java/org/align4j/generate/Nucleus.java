package org.align4j.generate;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;

/// The fewest tokens, in some order of preference, whose probabilities reach a given mass.
///
/// Sorting a whole vocabulary costs more than a small model's step. So the mass is first added up
/// in bins of preference, and only the tokens of the bin in which it is reached are sorted.
final class Nucleus {
    private static final int BINS = 4096;
    /// Bins in a difference of 1 between two preferences. They are logarithms: beyond the 64 below
    /// the best that the bins cover there is no probability left.
    private static final float BINS_A_UNIT = 64;

    private final float mass;
    private final int keep;
    private final boolean tiesStay;
    private final double[] massOfBin = new double[BINS];
    private final int[] countOfBin = new int[BINS];

    private Nucleus(double mass, int keep, boolean tiesStay) {
        this.mass = (float) mass;
        this.keep = keep;
        this.tiesStay = tiesStay;
    }

    /// `scores`, `[B, V]`, with -inf for tokens after the best that reach `mass`, `keep` at
    /// least. Of tokens that tie at the border the lowest ids stay.
    static Tensor top(Tensor scores, double mass, int keep) {
        return new Nucleus(mass, keep, false).filter(scores, scores, scores.softmaxFloat32(1));
    }

    /// `scores`, `[B, V]`, with -inf for tokens less typical than those that reach `mass`; ties
    /// stay.
    static Tensor typical(Tensor scores, double mass, int keep) {
        Tensor logps = scores.logSoftmaxFloat32(1);
        Tensor nearness = logps.add(LogitsFilter.entropy(logps)).abs().neg();
        return new Nucleus(mass, keep, true).filter(scores, nearness, logps.exp());
    }

    /// All float32 `[B, V]`; the result is new.
    private Tensor filter(Tensor scores, Tensor preference, Tensor probabilities) {
        Tensor result = scores.contiguous().copy().to(Device.CPU);
        MemorySegment preferences = preference.to(Device.CPU).contiguous().segment();
        MemorySegment shares = probabilities.to(Device.CPU).contiguous().segment();
        long row = scores.size(1) * Float.BYTES;
        for (long at = 0; at < preferences.byteSize(); at += row) {
            strike(result.segment().asSlice(at, row), preferences.asSlice(at, row), shares.asSlice(at, row));
        }
        return result.to(scores.device());
    }

    /// Removes from one row's scores what comes after the mass is reached; nothing where it never
    /// is, as with NaN.
    private void strike(MemorySegment scores, MemorySegment preferences, MemorySegment shares) {
        int vocabulary = (int) (preferences.byteSize() / Float.BYTES);
        float best = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabulary; id++) {
            best = Math.max(best, at(preferences, id));
        }
        Arrays.fill(massOfBin, 0);
        Arrays.fill(countOfBin, 0);
        for (int id = 0; id < vocabulary; id++) {
            int bin = bin(best, at(preferences, id));
            massOfBin[bin] += at(shares, id);
            countOfBin[bin]++;
        }
        double reached = 0;
        int count = 0;
        for (int bin = 0; bin < BINS; bin++) {
            if (isEnough(reached + massOfBin[bin], count + countOfBin[bin])) {
                long last = last(preferences, shares, best, bin, reached, count);
                for (int id = 0; id < vocabulary; id++) {
                    if (isAfter(rank(at(preferences, id), id), last)) {
                        scores.setAtIndex(ValueLayout.JAVA_FLOAT, id, Float.NEGATIVE_INFINITY);
                    }
                }
                return;
            }
            reached += massOfBin[bin];
            count += countOfBin[bin];
        }
    }

    /// The rank of the token of `border` with which the mass is reached.
    ///
    /// @param reached the mass of the bins before
    /// @param count their tokens
    private long last(
            MemorySegment preferences, MemorySegment shares, float best, int border, double reached, int count) {
        long[] ranks = new long[countOfBin[border]];
        int found = 0;
        for (int id = 0; found < ranks.length; id++) {
            if (bin(best, at(preferences, id)) == border) {
                ranks[found++] = rank(at(preferences, id), id);
            }
        }
        Arrays.sort(ranks);
        double sum = reached;
        for (int i = 0; i < ranks.length; i++) {
            sum += at(shares, (int) ranks[i]);
            if (isEnough(sum, count + i + 1)) {
                return ranks[i];
            }
        }
        // the same sum in another order may miss the mass by a rounding
        return ranks[ranks.length - 1];
    }

    private boolean isEnough(double reached, int count) {
        // float32 probabilities are no more exact than that: 55 of 100 equal ones do reach 0.55
        return (float) reached >= mass && count >= keep;
    }

    private boolean isAfter(long rank, long last) {
        return tiesStay ? rank >> Integer.SIZE > last >> Integer.SIZE : rank > last;
    }

    private static int bin(float best, float preference) {
        // NaN of two infinities becomes bin 0
        return (int) Math.min(BINS - 1, (best - preference) * BINS_A_UNIT);
    }

    /// Orders tokens, the preferred first, of equals the lowest id; the id is in the lower half.
    private static long rank(float preference, int id) {
        // adding 0 makes one zero of two; then the order of floats is that of their bits, negative ones reversed
        int bits = Float.floatToIntBits(preference + 0f);
        int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        return (long) ~ascending << Integer.SIZE | id;
    }

    private static float at(MemorySegment row, int id) {
        return row.getAtIndex(ValueLayout.JAVA_FLOAT, id);
    }
}
