package org.align4j.checkpoint;

import java.lang.foreign.MemorySegment;

/// How the values of a tensor are stored in a file: plain elements ([ElementType]) or blocks
/// that share scales. Values are exchanged as float32, little endian.
public sealed interface StorageType permits ElementType, GgmlType {
    /// The name that the file format gives to the type, e.g. `BF16` or `Q4_1`.
    String name();

    /// Values in one block; 1 for plain elements.
    int blockSize();

    /// Bytes of one block.
    int blockBytes();

    /// Bytes that `values` values take; `values` is a multiple of [#blockSize()].
    ///
    /// @throws ArithmeticException beyond 2^63 bytes
    default long bytes(long values) {
        return Math.multiplyExact(values / blockSize(), blockBytes());
    }

    /// Converts all of `raw` to float32.
    ///
    /// @param raw whole blocks
    /// @param floats as many float32 values as `raw` holds
    /// @throws org.align4j.error.AlignException.Checkpoint for a type that has no float32 form
    void decode(MemorySegment raw, MemorySegment floats);

    /// Converts float32 values to this type, rounding to nearest.
    ///
    /// @param floats whole blocks of float32 values
    /// @param raw the bytes that they take
    /// @throws org.align4j.error.AlignException.Checkpoint for a type that cannot be written
    void encode(MemorySegment floats, MemorySegment raw);
}
