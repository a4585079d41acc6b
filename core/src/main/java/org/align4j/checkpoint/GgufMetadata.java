package org.align4j.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.align4j.error.AlignException;

/// Metadata of a GGUF file, read by key and type: absent keys give empty results, values of
/// another type an [AlignException.Checkpoint] that names file and key. Arrays are not to be
/// modified.
public final class GgufMetadata {
    private final Path file;
    private final Map<String, GgufValue> values;

    GgufMetadata(Path file, Map<String, GgufValue> values) {
        this.file = file;
        this.values = Collections.unmodifiableMap(values);
    }

    /// All values by key, in the order of the file.
    public Map<String, GgufValue> values() {
        return values;
    }

    public Optional<String> text(String key) {
        return find(key).map(value -> as(key, value, String.class, "a string"));
    }

    public Optional<Boolean> flag(String key) {
        return find(key).map(value -> as(key, value, Boolean.class, "true or false"));
    }

    /// A whole number of any width.
    public OptionalLong whole(String key) {
        Optional<GgufValue> value = find(key);
        return value.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(as(key, value.get(), Long.class, "a whole number"));
    }

    /// A number of any type.
    public OptionalDouble real(String key) {
        Optional<GgufValue> value = find(key);
        return value.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        as(key, value.get(), Number.class, "a number").doubleValue());
    }

    public Optional<String[]> texts(String key) {
        return find(key).map(value -> as(key, value, String[].class, "a list of strings"));
    }

    /// Whole numbers of up to 32 bits; unsigned 32-bit elements keep their bits.
    public Optional<int[]> integers(String key) {
        return find(key).map(value -> switch (value.value()) {
            case int[] ints -> ints;
            case short[] shorts -> widen(shorts, value.kind() == GgufValue.Kind.U16 ? 0xFFFF : -1);
            case byte[] bytes -> widen(bytes, value.kind() == GgufValue.Kind.U8 ? 0xFF : -1);
            default -> throw mismatch(key, value, "a list of whole numbers");
        });
    }

    public Optional<float[]> reals(String key) {
        return find(key).map(value -> as(key, value, float[].class, "a list of 32-bit floats"));
    }

    public Optional<boolean[]> flags(String key) {
        return find(key).map(value -> as(key, value, boolean[].class, "a list of true and false"));
    }

    /// Bytes, such as SentencePiece's character map.
    public Optional<byte[]> bytes(String key) {
        return find(key).map(value -> as(key, value, byte[].class, "a list of bytes"));
    }

    private Optional<GgufValue> find(String key) {
        return Optional.ofNullable(values.get(key));
    }

    private <T> T as(String key, GgufValue value, Class<T> type, String expected) {
        if (!type.isInstance(value.value())) {
            throw mismatch(key, value, expected);
        }
        return type.cast(value.value());
    }

    private AlignException.Checkpoint mismatch(String key, GgufValue value, String expected) {
        return new AlignException.Checkpoint("%s: %s is %s (%s), expected %s; convert the model again"
                .formatted(file, key, value, value.kind(), expected));
    }

    private static int[] widen(short[] shorts, int mask) {
        int[] ints = new int[shorts.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = shorts[i] & mask;
        }
        return ints;
    }

    private static int[] widen(byte[] bytes, int mask) {
        int[] ints = new int[bytes.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = bytes[i] & mask;
        }
        return ints;
    }
}
