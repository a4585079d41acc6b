package org.align4j.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.align4j.error.AlignException;

/// Reads a GGUF header front to back. Every length is compared with what the file still has
/// before anything is read or allocated.
final class GgufCursor {
    /// Bytes of the longest string that is taken for real: some files hold a whole
    /// tokenizer.json.
    private static final long LONGEST_STRING = 1 << 27;

    /// Elements of the longest array that is taken for real: vocabularies have up to a million.
    private static final long LONGEST_ARRAY = 1 << 24;

    private final Path file;
    private final MemorySegment mapped;
    private long position;
    private byte[] scratch = new byte[256];

    GgufCursor(Path file, MemorySegment mapped) {
        this.file = file;
        this.mapped = mapped;
    }

    long position() {
        return position;
    }

    int int32(String what) {
        return mapped.get(LittleEndian.INT, advance(4, what));
    }

    long int64(String what) {
        return mapped.get(LittleEndian.LONG, advance(8, what));
    }

    String text(String what) {
        long length = int64(what);
        if (length < 0 || length > LONGEST_STRING) {
            throw damaged("%s: a string of %s bytes".formatted(what, Long.toUnsignedString(length)));
        }
        long at = advance(length, what);
        if (length > scratch.length) {
            scratch = new byte[(int) length];
        }
        MemorySegment.copy(mapped, JAVA_BYTE, at, scratch, 0, (int) length);
        return new String(scratch, 0, (int) length, UTF_8);
    }

    /// A metadata value: its type's number, then the value.
    GgufValue value(String key) {
        GgufValue.Kind kind = kind(key);
        if (kind != GgufValue.Kind.ARRAY) {
            return new GgufValue(kind, false, scalar(kind, key));
        }
        GgufValue.Kind elements = kind(key);
        if (elements == GgufValue.Kind.ARRAY) {
            throw damaged(key + ": an array of arrays, which no known model has");
        }
        long count = int64(key);
        long left = mapped.byteSize() - position;
        if (count < 0 || count > Math.min(LONGEST_ARRAY, left / elements.bytes)) {
            throw damaged("%s: an array of %s values, with %d bytes left in the file"
                    .formatted(key, Long.toUnsignedString(count), left));
        }
        return new GgufValue(elements, true, array(elements, (int) count, key));
    }

    private GgufValue.Kind kind(String key) {
        int number = int32(key);
        return GgufValue.Kind.numbered(number)
                .orElseThrow(() -> damaged("%s: unknown type %d of value".formatted(key, number)));
    }

    private Object scalar(GgufValue.Kind kind, String key) {
        return switch (kind) {
            case U8 -> Byte.toUnsignedLong(int8(key));
            case I8 -> (long) int8(key);
            case U16 -> Short.toUnsignedLong(mapped.get(LittleEndian.SHORT, advance(2, key)));
            case I16 -> (long) mapped.get(LittleEndian.SHORT, advance(2, key));
            case U32 -> Integer.toUnsignedLong(int32(key));
            case I32 -> (long) int32(key);
            case U64, I64 -> int64(key);
            case F32 -> Float.intBitsToFloat(int32(key));
            case F64 -> Double.longBitsToDouble(int64(key));
            case BOOL -> int8(key) != 0;
            case STRING -> text(key);
            case ARRAY -> throw new AssertionError("read by value()");
        };
    }

    private byte int8(String key) {
        return mapped.get(JAVA_BYTE, advance(1, key));
    }

    private Object array(GgufValue.Kind kind, int count, String key) {
        if (kind == GgufValue.Kind.STRING) {
            String[] texts = new String[count];
            for (int i = 0; i < count; i++) {
                texts[i] = text(key);
            }
            return texts;
        }
        MemorySegment bytes = mapped.asSlice(advance((long) count * kind.bytes, key), (long) count * kind.bytes);
        return switch (kind) {
            case U8, I8 -> bytes.toArray(JAVA_BYTE);
            case U16, I16 -> bytes.toArray(LittleEndian.SHORT);
            case U32, I32 -> bytes.toArray(LittleEndian.INT);
            case U64, I64 -> bytes.toArray(LittleEndian.LONG);
            case F32 -> bytes.toArray(LittleEndian.FLOAT);
            case F64 -> bytes.toArray(LittleEndian.DOUBLE);
            case BOOL -> {
                boolean[] flags = new boolean[count];
                for (int i = 0; i < count; i++) {
                    flags[i] = bytes.get(JAVA_BYTE, i) != 0;
                }
                yield flags;
            }
            case STRING, ARRAY -> throw new AssertionError("read one by one");
        };
    }

    /// Moves on by `bytes`, which the file must still have, and returns the position before.
    private long advance(long bytes, String what) {
        if (bytes > mapped.byteSize() - position) {
            throw damaged("%s: the file ends at byte %d, %d more are needed; it is truncated"
                    .formatted(what, mapped.byteSize(), bytes - (mapped.byteSize() - position)));
        }
        long before = position;
        position += bytes;
        return before;
    }

    AlignException.Checkpoint damaged(String fault) {
        return new AlignException.Checkpoint("%s: %s; download or convert the model again".formatted(file, fault));
    }
}
