package org.align4j.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Set;
import org.align4j.checkpoint.WeightFile;

/// A safetensors file as Java arrays.
public final class TensorFile implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final WeightFile file;

    public TensorFile(Path path) {
        file = WeightFile.open(path);
    }

    public Set<String> names() {
        return file.names();
    }

    public boolean has(String name) {
        return file.names().contains(name);
    }

    public long[] shape(String name) {
        return file.shape(name);
    }

    /// All values of a floating point tensor.
    public float[] floats(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(file.valueCount(name) * 4, 4);
            file.readFloats(name, values);
            return values.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /// All values of an int64 tensor.
    public long[] longs(String name) {
        return file.raw(name).toArray(LONG);
    }

    /// The bytes of a tensor, such as one of booleans.
    public byte[] bytes(String name) {
        return file.raw(name).toArray(ValueLayout.JAVA_BYTE);
    }

    /// All values of an int64 tensor that fit ints.
    public int[] ints(String name) {
        return java.util.Arrays.stream(longs(name)).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        file.close();
    }
}
