package org.align4j.tokenizer.template;

import java.util.List;
import java.util.stream.LongStream;

/// Python's `range`.
record Range(long start, long stop, long step) {
    /// Keeps differences within 64 bits.
    private static final long FARTHEST = 1L << 61;

    Range {
        if (step == 0) {
            throw new Fault("range() arg 3 must not be zero");
        }
        if (Math.abs(start) > FARTHEST || Math.abs(stop) > FARTHEST || size(start, stop, step) > Limits.ELEMENTS) {
            throw new Fault("Range too big. The sandbox blocks ranges larger than " + Limits.ELEMENTS + ".");
        }
    }

    int size() {
        return (int) size(start, stop, step);
    }

    private static long size(long start, long stop, long step) {
        long distance = step > 0 ? stop - start : start - stop;
        return distance <= 0 ? 0 : Math.abs((distance - 1) / step) + 1;
    }

    List<Object> elements() {
        return LongStream.range(0, size())
                .<Object>mapToObj(i -> start + i * step)
                .toList();
    }
}
