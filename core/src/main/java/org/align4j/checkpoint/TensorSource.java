package org.align4j.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.align4j.error.AlignException;

/// A tensor to be written: its type and shape are known at once, its bytes are asked for when
/// the file has come to them. So a model can be saved without a second copy of it in memory.
public interface TensorSource {
    /// How the tensor is stored in the file.
    StorageType type();

    /// Row-major shape, outermost first; empty for a scalar.
    long[] shape();

    /// Gives all bytes to `sink`, in order, in pieces of any length. Called once a written file.
    void writeTo(Sink sink) throws IOException;

    /// Bytes of the tensor in the file.
    default long bytes() {
        return type().bytes(valueCount(shape()));
    }

    /// Where a tensor's bytes go.
    @FunctionalInterface
    interface Sink {
        void write(MemorySegment bytes) throws IOException;
    }

    /// A tensor whose stored bytes are asked for when it is written.
    static TensorSource lazy(StorageType type, long[] shape, Supplier<MemorySegment> bytes) {
        return new DeferredTensor(type, shape, sink -> sink.write(bytes.get()));
    }

    /// A tensor whose float32 values (little endian, row-major) are asked for when it is
    /// written, and converted to `type` piece by piece on the way.
    static TensorSource ofFloats(StorageType type, long[] shape, Supplier<MemorySegment> floats) {
        return new DeferredTensor(type, shape, sink -> convert(type, shape, floats.get(), sink));
    }

    /// Values in a tensor of that shape.
    ///
    /// @throws ArithmeticException beyond 2^63
    static long valueCount(long[] shape) {
        long count = 1;
        for (long dimension : shape) {
            count = Math.multiplyExact(count, dimension);
        }
        return count;
    }

    private static void convert(StorageType type, long[] shape, MemorySegment floats, Sink sink) throws IOException {
        long values = valueCount(shape);
        if (floats.byteSize() != values * Float.BYTES) {
            throw new AlignException.Checkpoint(
                    "tensor to write: %d bytes of float32 given for %d values; pass all of them"
                            .formatted(floats.byteSize(), values));
        }
        // 256 Ki values at a time: a multiple of every block size.
        long chunk = 1 << 18;
        MemorySegment scratch = MemorySegment.ofArray(new byte[(int) type.bytes(Math.min(chunk, values))]);
        for (long start = 0; start < values; start += chunk) {
            long count = Math.min(chunk, values - start);
            MemorySegment piece = scratch.asSlice(0, type.bytes(count));
            type.encode(floats.asSlice(start * Float.BYTES, count * Float.BYTES), piece);
            sink.write(piece);
        }
    }
}
