package org.align4j.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// Tensors of an opened file by name, with the file's path for messages.
final class TensorTable {
    private final Path path;
    private final Map<String, RawTensor> tensors;

    TensorTable(Path path, Map<String, RawTensor> tensors) {
        this.path = path;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    Set<String> names() {
        return tensors.keySet();
    }

    RawTensor get(String name) {
        RawTensor tensor = tensors.get(name);
        if (tensor == null) {
            String near = Problems.nearest(name, tensors.keySet())
                    .map(known -> " (nearest: " + known + ")")
                    .orElse("");
            throw new AlignException.Checkpoint(
                    "%s: no tensor %s among %d%s; check that the weights belong to the configuration"
                            .formatted(path, name, tensors.size(), near));
        }
        return tensor;
    }

    void readFloats(String name, MemorySegment destination) {
        RawTensor tensor = get(name);
        long expected = TensorSource.valueCount(tensor.shape()) * Float.BYTES;
        if (destination.byteSize() != expected) {
            throw new AlignException.Checkpoint("%s: tensor %s: destination of %d bytes for %d; pass 4 bytes a value"
                    .formatted(path, name, destination.byteSize(), expected));
        }
        readFloats(name, 0, destination);
    }

    void readFloats(String name, long from, MemorySegment destination) {
        RawTensor tensor = get(name);
        StorageType type = tensor.type();
        MemorySegment raw = tensor.data().asSlice(type.bytes(from), type.bytes(destination.byteSize() / Float.BYTES));
        try {
            type.decode(raw, destination);
        } catch (AlignException.Checkpoint e) {
            throw new AlignException.Checkpoint("%s: tensor %s: %s".formatted(path, name, e.getMessage()), e);
        }
    }
}
