package org.align4j.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SequencedMap;
import org.align4j.error.AlignException;

/// Writes GGUF files of version 3 that llama.cpp opens.
public final class GgufWriter {
    private final ByteArrayOutputStream header = new ByteArrayOutputStream();

    private GgufWriter() {}

    /// Replaces `file` atomically. Tensors are asked for their bytes one after the other; their
    /// types are [GgmlType]s, or [ElementType]s that ggml has, too.
    ///
    /// @param metadata values by key; `general.alignment` is heeded
    /// @throws AlignException.Checkpoint when a tensor has no place in the format, or writing
    ///     fails; the earlier file is then unchanged
    public static void write(
            Path file, SequencedMap<String, GgufValue> metadata, SequencedMap<String, ? extends TensorSource> tensors) {
        GgufValue alignment = metadata.getOrDefault(Gguf.ALIGNMENT_KEY, GgufValue.u32(Gguf.DEFAULT_ALIGNMENT));
        int bytes = alignment.value() instanceof Long value ? Math.toIntExact(value) : 0;
        if (bytes < 1 || Integer.bitCount(bytes) != 1) {
            throw new AlignException.Checkpoint(
                    "%s: %s is %s; give a power of two".formatted(file, Gguf.ALIGNMENT_KEY, alignment));
        }
        byte[] header = new GgufWriter().header(file, metadata, tensors, bytes);
        AtomicFile.replace(file, sink -> {
            sink.write(MemorySegment.ofArray(header));
            for (Map.Entry<String, ? extends TensorSource> tensor : tensors.entrySet()) {
                SafetensorsWriter.writeTensor(file, tensor.getKey(), tensor.getValue(), sink);
                long padding = aligned(tensor.getValue().bytes(), bytes)
                        - tensor.getValue().bytes();
                sink.write(MemorySegment.ofArray(new byte[(int) padding]));
            }
        });
    }

    private byte[] header(
            Path file,
            SequencedMap<String, GgufValue> metadata,
            SequencedMap<String, ? extends TensorSource> tensors,
            int alignment) {
        number(Gguf.MAGIC, 4);
        number(Gguf.VERSION, 4);
        number(tensors.size(), 8);
        number(metadata.size(), 8);
        metadata.forEach((key, value) -> {
            text(key);
            value(value);
        });
        long offset = 0;
        for (Map.Entry<String, ? extends TensorSource> tensor : tensors.entrySet()) {
            String place = file + ": tensor " + tensor.getKey();
            TensorSource source = tensor.getValue();
            text(tensor.getKey());
            dimensions(place, source);
            number(type(place, source).number(), 4);
            number(offset, 8);
            offset += aligned(source.bytes(), alignment);
        }
        byte[] content = header.toByteArray();
        return Arrays.copyOf(content, (int) aligned(content.length, alignment));
    }

    private void dimensions(String place, TensorSource source) {
        long[] shape = source.shape();
        if (shape.length > Gguf.MAXIMUM_DIMENSIONS) {
            throw new AlignException.Checkpoint(
                    "%s: %d dimensions; GGUF has at most %d".formatted(place, shape.length, Gguf.MAXIMUM_DIMENSIONS));
        }
        int blockSize = source.type().blockSize();
        if (blockSize > 1 && (shape.length == 0 || shape[shape.length - 1] % blockSize != 0)) {
            throw new AlignException.Checkpoint("%s: rows of %s cannot be %s, which has blocks of %d; write F16 or BF16"
                    .formatted(place, Arrays.toString(shape), source.type().name(), blockSize));
        }
        number(shape.length, 4);
        for (int i = shape.length - 1; i >= 0; i--) {
            number(shape[i], 8);
        }
    }

    private static GgmlType type(String place, TensorSource source) {
        return GgmlType.named(source.type().name())
                .orElseThrow(() -> new AlignException.Checkpoint("%s: %s has no place in GGUF; write F32, F16 or BF16"
                        .formatted(place, source.type().name())));
    }

    private void value(GgufValue value) {
        if (!value.array()) {
            number(value.kind().number, 4);
            scalar(value.kind(), value.value());
            return;
        }
        number(GgufValue.Kind.ARRAY.number, 4);
        number(value.kind().number, 4);
        switch (value.value()) {
            case String[] texts -> {
                number(texts.length, 8);
                for (String text : texts) {
                    text(text);
                }
            }
            case byte[] bytes -> {
                number(bytes.length, 8);
                header.writeBytes(bytes);
            }
            case short[] shorts -> {
                number(shorts.length, 8);
                for (short number : shorts) {
                    number(number, 2);
                }
            }
            case int[] ints -> {
                number(ints.length, 8);
                for (int number : ints) {
                    number(number, 4);
                }
            }
            case long[] longs -> {
                number(longs.length, 8);
                for (long number : longs) {
                    number(number, 8);
                }
            }
            case float[] floats -> {
                number(floats.length, 8);
                for (float number : floats) {
                    number(Float.floatToRawIntBits(number), 4);
                }
            }
            case double[] doubles -> {
                number(doubles.length, 8);
                for (double number : doubles) {
                    number(Double.doubleToRawLongBits(number), 8);
                }
            }
            case boolean[] flags -> {
                number(flags.length, 8);
                for (boolean flag : flags) {
                    number(flag ? 1 : 0, 1);
                }
            }
            default ->
                throw new IllegalArgumentException(
                        "no metadata array: " + value.value().getClass());
        }
    }

    private void scalar(GgufValue.Kind kind, Object value) {
        switch (value) {
            case Long number -> number(number, kind.bytes);
            case Float number -> number(Float.floatToRawIntBits(number), 4);
            case Double number -> number(Double.doubleToRawLongBits(number), 8);
            case Boolean flag -> number(flag ? 1 : 0, 1);
            case String text -> text(text);
            default -> throw new IllegalArgumentException("no metadata value: " + value.getClass());
        }
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        number(bytes.length, 8);
        header.writeBytes(bytes);
    }

    /// The lowest `bytes` bytes of `value`, little endian.
    private void number(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            header.write((int) (value >> (8 * i)));
        }
    }

    private static long aligned(long bytes, int alignment) {
        return (bytes + alignment - 1) / alignment * alignment;
    }
}
