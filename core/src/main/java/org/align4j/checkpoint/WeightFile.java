package org.align4j.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SequencedMap;
import java.util.Set;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// Named tensors in memory-mapped files. Opening reads the headers only; closing unmaps, after
/// which segments of [#tensors()] can no longer be read. All methods may be called from
/// several threads.
public sealed interface WeightFile extends AutoCloseable permits Safetensors, Gguf {
    /// Opens a GGUF file, a safetensors file, or a directory of safetensors.
    ///
    /// @throws AlignException.Checkpoint for a file that is missing or damaged
    static WeightFile open(Path path) {
        boolean gguf = path.toString().endsWith(".gguf") && !Files.isDirectory(path);
        return gguf ? Gguf.open(path) : Safetensors.open(path);
    }

    /// The file or directory that was opened.
    Path path();

    /// All tensors as stored, in the order of the file; read-only.
    SequencedMap<String, RawTensor> tensors();

    /// Names of all tensors, in the order of the file.
    default Set<String> names() {
        return tensors().keySet();
    }

    /// The tensor as stored.
    ///
    /// @throws AlignException.Checkpoint if there is none of that name
    default RawTensor tensor(String name) {
        RawTensor tensor = tensors().get(name);
        if (tensor == null) {
            String near = Problems.nearest(name, names())
                    .map(known -> " (nearest: " + known + ")")
                    .orElse("");
            throw new AlignException.Checkpoint(
                    "%s: no tensor %s among %d%s; check that the weights belong to the configuration"
                            .formatted(path(), name, names().size(), near));
        }
        return tensor;
    }

    /// How the tensor is stored.
    default StorageType type(String name) {
        return tensor(name).type();
    }

    /// Row-major shape as in Hugging Face files, outermost first, whatever order the file writes
    /// it in.
    default long[] shape(String name) {
        return tensor(name).shape().clone();
    }

    /// The tensor's bytes as stored, read-only.
    default MemorySegment raw(String name) {
        return tensor(name).data();
    }

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
    /// @throws AlignException.Checkpoint for a type that has no float32 form, and a destination
    ///     of another size
    default void readFloats(String name, MemorySegment destination) {
        long expected = valueCount(name) * Float.BYTES;
        if (destination.byteSize() != expected) {
            throw new AlignException.Checkpoint("%s: tensor %s: destination of %d bytes for %d; pass 4 bytes a value"
                    .formatted(path(), name, destination.byteSize(), expected));
        }
        readFloats(name, 0, destination);
    }

    /// Converts some of the tensor's values to float32, little endian.
    ///
    /// @param from the first, in row-major order, at the start of a block
    /// @param destination 4 bytes a value; as many values are read as it holds, whole blocks
    /// @throws AlignException.Checkpoint for a type that has no float32 form
    default void readFloats(String name, long from, MemorySegment destination) {
        StorageType type = type(name);
        MemorySegment raw = raw(name).asSlice(type.bytes(from), type.bytes(destination.byteSize() / Float.BYTES));
        try {
            type.decode(raw, destination);
        } catch (AlignException.Checkpoint e) {
            throw new AlignException.Checkpoint("%s: tensor %s: %s".formatted(path(), name, e.getMessage()), e);
        }
    }

    @Override
    void close();
}
