package org.align4j.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.align4j.checkpoint.LittleEndian.DOUBLE;
import static org.align4j.checkpoint.LittleEndian.FLOAT;
import static org.align4j.checkpoint.LittleEndian.INT;
import static org.align4j.checkpoint.LittleEndian.LONG;
import static org.align4j.checkpoint.LittleEndian.SHORT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.tensor.DType;

/// Element types of safetensors files, by the names that the format gives them.
public enum ElementType implements StorageType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1),
    F8_E4M3(1),
    F8_E5M2(1),
    F8_E8M0(1),
    C64(8);

    /// Values converted at a time: small enough for the second-level cache.
    private static final int CHUNK = 1 << 14;

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /// The type of that name, if the format has one of whole bytes.
    public static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /// How a tensor of that type is stored.
    public static ElementType of(DType type) {
        return switch (type) {
            case FLOAT32 -> F32;
            case FLOAT64 -> F64;
            case BFLOAT16 -> BF16;
            case FLOAT16 -> F16;
            case INT64 -> I64;
            case INT32 -> I32;
            case UINT8 -> U8;
            case BOOL -> BOOL;
        };
    }

    @Override
    public int blockSize() {
        return 1;
    }

    @Override
    public int blockBytes() {
        return bytes;
    }

    @Override
    public void decode(MemorySegment raw, MemorySegment floats) {
        if (this == F32) {
            MemorySegment.copy(raw, 0, floats, 0, raw.byteSize());
            return;
        }
        long values = raw.byteSize() / bytes;
        Chunk chunk = new Chunk((int) Math.min(CHUNK, values));
        for (long start = 0; start < values; start += CHUNK) {
            int count = (int) Math.min(CHUNK, values - start);
            decodeChunk(raw, start * bytes, count, chunk);
            MemorySegment.copy(chunk.floats, 0, floats, FLOAT, start * Float.BYTES, count);
        }
    }

    @Override
    public void encode(MemorySegment floats, MemorySegment raw) {
        if (this == F32) {
            MemorySegment.copy(floats, 0, raw, 0, floats.byteSize());
            return;
        }
        long values = floats.byteSize() / Float.BYTES;
        Chunk chunk = new Chunk((int) Math.min(CHUNK, values));
        for (long start = 0; start < values; start += CHUNK) {
            int count = (int) Math.min(CHUNK, values - start);
            MemorySegment.copy(floats, FLOAT, start * Float.BYTES, chunk.floats, 0, count);
            encodeChunk(count, raw, start * bytes, chunk);
        }
    }

    private void decodeChunk(MemorySegment raw, long at, int count, Chunk chunk) {
        float[] out = chunk.floats;
        switch (this) {
            case F16 -> {
                short[] in = chunk.shorts(raw, at, count);
                for (int i = 0; i < count; i++) {
                    out[i] = Float.float16ToFloat(in[i]);
                }
            }
            case BF16 -> {
                short[] in = chunk.shorts(raw, at, count);
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat(in[i] << 16);
                }
            }
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = (float) raw.get(DOUBLE, at + 8L * i);
                }
            }
            case I64 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = raw.get(LONG, at + 8L * i);
                }
            }
            case I32 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = raw.get(INT, at + 4L * i);
                }
            }
            case U32 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Integer.toUnsignedLong(raw.get(INT, at + 4L * i));
                }
            }
            case I16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = raw.get(SHORT, at + 2L * i);
                }
            }
            case U16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Short.toUnsignedInt(raw.get(SHORT, at + 2L * i));
                }
            }
            case I8 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = raw.get(JAVA_BYTE, at + i);
                }
            }
            case U8, BOOL -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Byte.toUnsignedInt(raw.get(JAVA_BYTE, at + i));
                }
            }
            case F32 -> throw new AssertionError("copied whole");
            case U64, F8_E4M3, F8_E5M2, F8_E8M0, C64 ->
                throw new AlignException.Checkpoint(
                        name() + ": not readable as float32; convert the tensor to F32, F16 or BF16");
        }
    }

    private void encodeChunk(int count, MemorySegment raw, long at, Chunk chunk) {
        float[] in = chunk.floats;
        switch (this) {
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    chunk.shorts[i] = Float.floatToFloat16(in[i]);
                }
                MemorySegment.copy(chunk.shorts, 0, raw, SHORT, at, count);
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    chunk.shorts[i] = bfloat16(in[i]);
                }
                MemorySegment.copy(chunk.shorts, 0, raw, SHORT, at, count);
            }
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    raw.set(DOUBLE, at + 8L * i, in[i]);
                }
            }
            case F32 -> throw new AssertionError("copied whole");
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL, F8_E4M3, F8_E5M2, F8_E8M0, C64 ->
                throw new AlignException.Checkpoint(
                        name() + ": float32 values cannot be written as this type; use F32, F16 or BF16");
        }
    }

    /// Rounds to nearest, ties to even; a NaN stays a NaN of the same sign.
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        // Rounding could carry a NaN's payload into the sign, and dropping its low bits make it infinite.
        int rounded = (bits & 0x7FFFFFFF) > 0x7F800000 ? bits | 0x400000 : bits + 0x7FFF + (bits >>> 16 & 1);
        return (short) (rounded >>> 16);
    }

    /// Scratch arrays of one conversion.
    private static final class Chunk {
        final float[] floats;
        final short[] shorts;

        Chunk(int values) {
            floats = new float[values];
            shorts = new short[values];
        }

        short[] shorts(MemorySegment raw, long at, int count) {
            MemorySegment.copy(raw, SHORT, at, shorts, 0, count);
            return shorts;
        }
    }
}
