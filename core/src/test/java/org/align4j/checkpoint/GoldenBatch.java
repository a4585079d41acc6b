package org.align4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.align4j.data.PackedBatch;
import org.align4j.testing.TensorFile;

/// The real tokens of a padded golden batch `[B, T]`.
///
/// @param places of the real tokens in the padded batch
/// @param batch without padding, every token trained
record GoldenBatch(int[] places, PackedBatch batch) {
    /// The batch `name`, with positions that start at 0 in every sequence.
    static GoldenBatch of(TensorFile cases, String name) {
        return of(cases, name, false);
    }

    /// The batch `name`.
    ///
    /// @param padsCount whether a token's position is its column, padding included
    static GoldenBatch of(TensorFile cases, String name, boolean padsCount) {
        int columns = (int) cases.shape(name + ".input_ids")[1];
        int[] ids = cases.ints(name + ".input_ids");
        int[] mask = cases.has(name + ".attention_mask")
                ? cases.ints(name + ".attention_mask")
                : IntStream.generate(() -> 1).limit(ids.length).toArray();
        int[] places = IntStream.range(0, ids.length).filter(i -> mask[i] == 1).toArray();
        int[] starts = IntStream.range(0, places.length)
                .filter(i -> i == 0 || places[i] / columns != places[i - 1] / columns)
                .toArray();
        int[] offsets = Arrays.copyOf(starts, starts.length + 1);
        offsets[starts.length] = places.length;
        int[] positions = new int[places.length];
        boolean[] trained = new boolean[places.length];
        for (int b = 0; b < starts.length; b++) {
            for (int i = offsets[b]; i < offsets[b + 1]; i++) {
                positions[i] = padsCount ? places[i] % columns : i - offsets[b];
                trained[i] = i > offsets[b];
            }
        }
        int[] tokens = Arrays.stream(places).map(i -> ids[i]).toArray();
        return new GoldenBatch(places, new PackedBatch(tokens, positions, offsets, trained));
    }

    /// Values of the padded batch `[B, T, …]` at the real tokens.
    float[] rows(TensorFile cases, String tensor) {
        long[] shape = cases.shape(tensor);
        int width = (int) shape[2];
        float[] all = cases.floats(tensor);
        float[] result = new float[places.length * width];
        for (int i = 0; i < places.length; i++) {
            System.arraycopy(all, places[i] * width, result, i * width, width);
        }
        return result;
    }

    static void assertClose(float[] computed, float[] expected, double absolute, double relative) {
        assertThat(computed).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) computed[i])
                    .as("value " + i)
                    .isCloseTo(expected[i], offset(absolute + relative * Math.abs(expected[i])));
        }
    }
}
