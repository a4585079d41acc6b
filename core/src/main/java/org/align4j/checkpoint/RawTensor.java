package org.align4j.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.align4j.error.AlignException;

/// A tensor as it is stored: bytes in memory, or mapped from a file.
///
/// @param type how the values are stored
/// @param shape row-major, outermost first; empty for a scalar
/// @param data exactly the bytes that type and shape take, little endian
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RawTensor(StorageType type, long[] shape, MemorySegment data) implements TensorSource {
    public RawTensor {
        long expected = type.bytes(TensorSource.valueCount(shape));
        if (data.byteSize() != expected) {
            throw new AlignException.Checkpoint("tensor of %s %s: %d bytes given, %d expected; pass the stored form"
                    .formatted(type.name(), Arrays.toString(shape), data.byteSize(), expected));
        }
    }

    /// A float32 tensor of the given values.
    public static RawTensor of(long[] shape, float... values) {
        MemorySegment data = MemorySegment.ofArray(new byte[values.length * Float.BYTES]);
        MemorySegment.copy(values, 0, data, LittleEndian.FLOAT, 0, values.length);
        return new RawTensor(ElementType.F32, shape, data);
    }

    @Override
    public void writeTo(Sink sink) throws IOException {
        sink.write(data);
    }
}
