package org.align4j.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.align4j.error.AlignException;

/// A GGUF file of version 2 or 3, memory-mapped. Written by [GgufWriter]. Format: `docs/gguf.md`
/// of ggml.
public final class Gguf implements WeightFile {
    static final int MAGIC = 0x46554747; // "GGUF"
    static final int VERSION = 3;
    static final String ALIGNMENT_KEY = "general.alignment";
    static final int DEFAULT_ALIGNMENT = 32;
    static final int MAXIMUM_DIMENSIONS = 4;

    private final Path path;
    private final Arena arena;
    private final GgufMetadata metadata;
    private final SequencedMap<String, RawTensor> tensors;

    private Gguf(Path path, Arena arena, GgufMetadata metadata, SequencedMap<String, RawTensor> tensors) {
        this.path = path;
        this.arena = arena;
        this.metadata = metadata;
        this.tensors = Collections.unmodifiableSequencedMap(tensors);
    }

    /// Opens and checks a file.
    ///
    /// @throws AlignException.Checkpoint for a file that is missing, damaged, one of several
    ///     parts, or holds a type that is not supported
    @SuppressWarnings("MustBeClosedChecker") // closed below when opening fails, by close() otherwise
    public static Gguf open(Path file) {
        // Shared: tensors are converted by several threads.
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            MemorySegment mapped = MappedFile.map(file, arena);
            GgufCursor cursor = new GgufCursor(file, mapped);
            checkVersion(cursor, file, mapped.byteSize());
            long tensorCount = count(cursor, "number of tensors");
            long valueCount = count(cursor, "number of metadata values");
            GgufMetadata metadata = new GgufMetadata(file, readMetadata(cursor, valueCount));
            checkWhole(file, metadata);
            List<TensorInfo> infos = readInfos(cursor, tensorCount);
            long alignment = alignment(cursor, metadata);
            SequencedMap<String, RawTensor> tensors = locate(cursor, infos, alignment, mapped);
            opened = true;
            return new Gguf(file, arena, metadata, tensors);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public SequencedMap<String, RawTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        arena.close();
    }

    /// A tensor as the header announces it; `offset` counts from the start of the data.
    @SuppressWarnings("ArrayRecordComponent") // never leaves the class
    private record TensorInfo(String name, GgmlType type, long[] shape, long offset, long bytes) {}

    private static void checkVersion(GgufCursor cursor, Path file, long fileBytes) {
        if (fileBytes < 4 || cursor.int32("magic") != MAGIC) {
            throw new AlignException.Checkpoint(
                    file + ": does not begin with GGUF; this is no GGUF file, or a damaged one: download it again");
        }
        int version = cursor.int32("version");
        if (version == 2 || version == VERSION) {
            return;
        }
        boolean bigEndian = Integer.reverseBytes(version) > 0 && Integer.reverseBytes(version) <= VERSION;
        throw new AlignException.Checkpoint(
                bigEndian
                        ? file + ": is a big-endian GGUF file; use the little-endian one"
                        : "%s: GGUF version %s is not supported, versions 2 and 3 are; convert the model again"
                                .formatted(file, Integer.toUnsignedString(version)));
    }

    private static long count(GgufCursor cursor, String what) {
        long count = cursor.int64(what);
        if (count < 0) {
            throw cursor.damaged(what + ": " + Long.toUnsignedString(count));
        }
        return count;
    }

    private static Map<String, GgufValue> readMetadata(GgufCursor cursor, long count) {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String key = cursor.text("metadata key " + (i + 1) + " of " + count);
            if (values.put(key, cursor.value(key)) != null) {
                throw cursor.damaged("metadata key " + key + " occurs twice");
            }
        }
        return values;
    }

    private static void checkWhole(Path file, GgufMetadata metadata) {
        long parts = metadata.whole("split.count").orElse(1);
        if (parts > 1) {
            throw new AlignException.Checkpoint(
                    "%s: is one of %d parts; join them with llama-gguf-split --merge".formatted(file, parts));
        }
    }

    private static List<TensorInfo> readInfos(GgufCursor cursor, long count) {
        List<TensorInfo> infos = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            String name = cursor.text("tensor " + (i + 1) + " of " + count);
            infos.add(readInfo(cursor, "tensor " + name, name));
        }
        return infos;
    }

    private static TensorInfo readInfo(GgufCursor cursor, String place, String name) {
        int dimensions = cursor.int32(place);
        if (dimensions < 0 || dimensions > MAXIMUM_DIMENSIONS) {
            throw cursor.damaged("%s: %s dimensions".formatted(place, Integer.toUnsignedString(dimensions)));
        }
        // The file lists the fastest dimension first.
        long[] shape = new long[dimensions];
        for (int i = dimensions - 1; i >= 0; i--) {
            shape[i] = cursor.int64(place);
            if (shape[i] < 0) {
                throw cursor.damaged("%s: a dimension of %s".formatted(place, Long.toUnsignedString(shape[i])));
            }
        }
        int number = cursor.int32(place);
        GgmlType type = GgmlType.numbered(number)
                .orElseThrow(() -> cursor.damaged("%s: type %s is not supported (%s are)"
                        .formatted(place, Integer.toUnsignedString(number), Arrays.toString(GgmlType.values()))));
        long row = dimensions == 0 ? 1 : shape[dimensions - 1];
        if (row % type.blockSize() != 0) {
            throw cursor.damaged("%s: rows of %d values cannot be %s, which has blocks of %d"
                    .formatted(place, row, type, type.blockSize()));
        }
        long bytes;
        try {
            bytes = type.bytes(TensorSource.valueCount(shape));
        } catch (ArithmeticException e) {
            throw cursor.damaged("%s: shape %s is too large".formatted(place, Arrays.toString(shape)));
        }
        return new TensorInfo(name, type, shape, cursor.int64(place), bytes);
    }

    private static long alignment(GgufCursor cursor, GgufMetadata metadata) {
        long alignment = metadata.whole(ALIGNMENT_KEY).orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
            throw cursor.damaged("%s is %d, not a power of two".formatted(ALIGNMENT_KEY, alignment));
        }
        return alignment;
    }

    /// Finds the tensors' bytes: after the header, aligned, within the file, without overlaps.
    private static SequencedMap<String, RawTensor> locate(
            GgufCursor cursor, List<TensorInfo> infos, long alignment, MemorySegment mapped) {
        long start = (cursor.position() + alignment - 1) / alignment * alignment;
        long available = Math.max(0, mapped.byteSize() - start);
        List<TensorInfo> ordered = new ArrayList<>(infos);
        ordered.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::bytes));
        long end = 0;
        for (TensorInfo info : ordered) {
            if (info.offset() < end || info.offset() % alignment != 0) {
                throw cursor.damaged("tensor %s: offset %d is %s"
                        .formatted(
                                info.name(),
                                info.offset(),
                                info.offset() < end ? "within another tensor" : "not a multiple of " + alignment));
            }
            if (info.bytes() > available - info.offset()) {
                throw cursor.damaged("tensor %s: %d bytes at offset %d of the data, which has only %d; it is truncated"
                        .formatted(info.name(), info.bytes(), info.offset(), available));
            }
            end = info.offset() + info.bytes();
        }
        SequencedMap<String, RawTensor> tensors = new LinkedHashMap<>();
        for (TensorInfo info : infos) {
            // An empty tensor may stand at the very end, before padding that the file lacks.
            long at = info.bytes() == 0 ? 0 : start + info.offset();
            RawTensor tensor = new RawTensor(info.type(), info.shape(), mapped.asSlice(at, info.bytes()));
            if (tensors.put(info.name(), tensor) != null) {
                throw cursor.damaged("tensor " + info.name() + " occurs twice");
            }
        }
        return tensors;
    }
}
