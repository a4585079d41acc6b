package org.align4j.checkpoint;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Optional;

/// A metadata value of a GGUF file with the type that the file gives it: readers insist on the
/// exact type, so it is kept for writing.
///
/// @param kind type of the value, or of the array's elements
/// @param array whether it is an array
/// @param value `Long` for all whole numbers, `Float`, `Double`, `Boolean` or `String`; arrays
///     are `byte[]`, `short[]`, `int[]` and `long[]` (unsigned elements keep their bits),
///     `float[]`, `double[]`, `boolean[]`, `String[]`; not to be modified
public record GgufValue(Kind kind, boolean array, Object value) {
    /// Types of values.
    public enum Kind {
        U8(0, 1),
        I8(1, 1),
        U16(2, 2),
        I16(3, 2),
        U32(4, 4),
        I32(5, 4),
        F32(6, 4),
        BOOL(7, 1),
        STRING(8, 8),
        ARRAY(9, 12),
        U64(10, 8),
        I64(11, 8),
        F64(12, 8);

        /// Bytes of one value; the least, for strings and arrays.
        final int bytes;

        /// The type's number in the file.
        final int number;

        Kind(int number, int bytes) {
            this.number = number;
            this.bytes = bytes;
        }

        static Optional<Kind> numbered(int number) {
            return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
        }
    }

    public static GgufValue u32(long value) {
        return new GgufValue(Kind.U32, false, value);
    }

    public static GgufValue i32(int value) {
        return new GgufValue(Kind.I32, false, (long) value);
    }

    public static GgufValue u64(long value) {
        return new GgufValue(Kind.U64, false, value);
    }

    public static GgufValue f32(float value) {
        return new GgufValue(Kind.F32, false, value);
    }

    public static GgufValue flag(boolean value) {
        return new GgufValue(Kind.BOOL, false, value);
    }

    public static GgufValue text(String value) {
        return new GgufValue(Kind.STRING, false, value);
    }

    public static GgufValue texts(String... values) {
        return new GgufValue(Kind.STRING, true, values.clone());
    }

    public static GgufValue integers(int... values) {
        return new GgufValue(Kind.I32, true, values.clone());
    }

    public static GgufValue reals(float... values) {
        return new GgufValue(Kind.F32, true, values.clone());
    }

    /// The value, shortened: for listings and messages.
    @Override
    public String toString() {
        String text = switch (value) {
            case byte[] bytes -> Arrays.toString(Arrays.copyOf(bytes, Math.min(8, bytes.length)));
            case short[] shorts -> Arrays.toString(Arrays.copyOf(shorts, Math.min(8, shorts.length)));
            case int[] ints -> Arrays.toString(Arrays.copyOf(ints, Math.min(8, ints.length)));
            case long[] longs -> Arrays.toString(Arrays.copyOf(longs, Math.min(8, longs.length)));
            case float[] floats -> Arrays.toString(Arrays.copyOf(floats, Math.min(8, floats.length)));
            case double[] doubles -> Arrays.toString(Arrays.copyOf(doubles, Math.min(8, doubles.length)));
            case boolean[] flags -> Arrays.toString(Arrays.copyOf(flags, Math.min(8, flags.length)));
            case String[] texts -> Arrays.toString(Arrays.copyOf(texts, Math.min(8, texts.length)));
            default -> value.toString();
        };
        String shown = text.length() > 120 ? text.substring(0, 119) + "…" : text;
        return array ? "%s[%d] %s".formatted(kind, Array.getLength(value), shown) : shown;
    }
}
