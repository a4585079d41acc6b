package org.align4j.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// Named tensors in memory-mapped files. Opening reads the headers only; closing unmaps, after
/// which segments from [#raw(String)] can no longer be read. All methods may be called from
/// several threads.
public sealed interface WeightFile extends AutoCloseable permits Safetensors, Gguf {
    /// Opens a GGUF file, a safetensors file, or a directory of safetensors.
    ///
    /// @throws org.align4j.error.AlignException.Checkpoint for a file that is missing or damaged
    static WeightFile open(Path path) {
        boolean gguf = path.toString().endsWith(".gguf") && !Files.isDirectory(path);
        return gguf ? Gguf.open(path) : Safetensors.open(path);
    }

    /// Names of all tensors, in the order of the file.
    Set<String> names();

    /// How the tensor is stored.
    StorageType type(String name);

    /// Row-major shape as in Hugging Face files, outermost first, whatever order the file writes
    /// it in.
    long[] shape(String name);

    /// The tensor's bytes as stored, read-only.
    MemorySegment raw(String name);

    /// The name of the tensor's type: `F32`, `BF16`, `Q4_1`, …
    default String dtype(String name) {
        return type(name).name();
    }

    /// Number of values in the tensor.
    default long valueCount(String name) {
        return TensorSource.valueCount(shape(name));
    }

    /// Converts the tensor to float32, little endian, row-major.
    ///
    /// @param destination exactly 4 bytes a value
    /// @throws org.align4j.error.AlignException.Checkpoint for a type that has no float32 form,
    ///     and a destination of another size
    void readFloats(String name, MemorySegment destination);

    /// Converts some of the tensor's values to float32, little endian.
    ///
    /// @param from the first, in row-major order, at the start of a block
    /// @param destination 4 bytes a value; as many values are read as it holds, whole blocks
    /// @throws org.align4j.error.AlignException.Checkpoint for a type that has no float32 form
    void readFloats(String name, long from, MemorySegment destination);

    @Override
    void close();
}
