package org.align4j.testing;

import java.util.stream.IntStream;
import org.align4j.tensor.Tensor;

/// Takes what is padded to a rectangle apart into tokens end to end, and back.
///
/// @param shape rows and columns
/// @param mask 1: a token
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record Padded(long[] shape, int[] mask) {
    public int[] lengths() {
        int columns = (int) shape[1];
        return IntStream.range(0, (int) shape[0])
                .map(row -> IntStream.range(row * columns, (row + 1) * columns)
                        .map(i -> mask[i])
                        .sum())
                .toArray();
    }

    private int[] places() {
        return IntStream.range(0, mask.length).filter(i -> mask[i] == 1).toArray();
    }

    public float[] packed(float[] rectangle) {
        int[] places = places();
        float[] result = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            result[i] = rectangle[places[i]];
        }
        return result;
    }

    public Tensor pack(float[] rectangle) {
        return Shared.tensor(packed(rectangle));
    }

    /// A value of each row for all its columns.
    public float[] spread(float[] rows) {
        float[] result = new float[mask.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = rows[i / (int) shape[1]];
        }
        return result;
    }

    public float[] unpack(float[] tokens) {
        int[] places = places();
        float[] result = new float[mask.length];
        for (int i = 0; i < places.length; i++) {
            result[places[i]] = tokens[i];
        }
        return result;
    }
}
