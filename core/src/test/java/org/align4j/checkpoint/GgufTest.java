package org.align4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.align4j.error.AlignException;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufTest {
    /// Byte positions in the header that [#writeSmall] writes.
    private static final int VERSION_AT = 4;

    private static final int TENSOR_COUNT_AT = 8;
    private static final int VALUE_COUNT_AT = 16;
    private static final int FIRST_KEY_LENGTH_AT = 24;

    @TempDir
    Path folder;

    @Test
    void readsWhatItWrote() {
        SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", GgufValue.text("llama"));
        metadata.put("general.alignment", GgufValue.u32(64));
        metadata.put("llama.context_length", GgufValue.u32(4_000_000_000L));
        metadata.put("llama.rope.freq_base", GgufValue.f32(1e4f));
        metadata.put("offset", GgufValue.i32(-7));
        metadata.put("parameters", GgufValue.u64(1L << 40));
        metadata.put("add_bos", GgufValue.flag(true));
        metadata.put("tokens", GgufValue.texts("a", "", "é😀"));
        metadata.put("types", GgufValue.integers(1, -2, 3));
        metadata.put("scores", GgufValue.reals(0.5f, -1));
        metadata.put("map", new GgufValue(GgufValue.Kind.U8, true, new byte[] {1, -1}));
        metadata.put("shorts", new GgufValue(GgufValue.Kind.I16, true, new short[] {1, -1}));
        metadata.put("longs", new GgufValue(GgufValue.Kind.I64, true, new long[] {Long.MIN_VALUE}));
        metadata.put("doubles", new GgufValue(GgufValue.Kind.F64, true, new double[] {Math.PI}));
        metadata.put("flags", new GgufValue(GgufValue.Kind.BOOL, true, new boolean[] {true, false}));
        metadata.put("none", GgufValue.texts());
        metadata.put("tiny", new GgufValue(GgufValue.Kind.I8, false, -5L));
        metadata.put("small", new GgufValue(GgufValue.Kind.U16, false, 65_535L));
        metadata.put("exact", new GgufValue(GgufValue.Kind.F64, false, Math.E));
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put("w", RawTensor.of(new long[] {2, 3}, 1, 2, 3, 4, 5, 6));
        tensors.put("scalar", RawTensor.of(new long[] {}, 9));
        MemorySegment ramp = ramp(96);
        tensors.put("q", TensorSource.ofFloats(GgmlType.Q8_0, new long[] {3, 32}, () -> ramp));
        Path file = folder.resolve("x.gguf");
        GgufWriter.write(file, metadata, tensors);
        try (WeightFile opened = WeightFile.open(file)) {
            Gguf read = (Gguf) opened;
            assertThat(read.metadata().values().keySet()).containsExactlyElementsOf(metadata.keySet());
            metadata.forEach((key, value) -> assertThat(read.metadata().values().get(key))
                    .as(key)
                    .usingRecursiveComparison()
                    .withStrictTypeChecking()
                    .isEqualTo(value));
            assertThat(read.names()).containsExactly("w", "scalar", "q");
            assertThat(read.shape("w")).containsExactly(2, 3);
            assertThat(SafetensorsTest.floats(read, "w")).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(SafetensorsTest.floats(read, "scalar")).containsExactly(9);
            assertThat(read.type("q")).isEqualTo(GgmlType.Q8_0);
            assertThat(SafetensorsTest.floats(read, "q")[95]).isCloseTo(95, within(0.5f));
        }
    }

    @Test
    void metadataIsReadByType() {
        writeSmall();
        try (Gguf read = Gguf.open(folder.resolve("small.gguf"))) {
            GgufMetadata metadata = read.metadata();
            assertThat(metadata.text("general.architecture")).contains("llama");
            assertThat(metadata.whole("count")).hasValue(3);
            assertThat(metadata.real("count")).hasValue(3);
            assertThat(metadata.texts("tokens").orElseThrow()).containsExactly("a", "b");
            assertThat(metadata.integers("small").orElseThrow()).containsExactly(255, 1);
            assertThat(metadata.text("absent")).isEmpty();
            assertThat(metadata.whole("absent")).isEmpty();
            assertThatThrownBy(() -> metadata.whole("tokens"))
                    .isInstanceOf(AlignException.Checkpoint.class)
                    .hasMessageContaining("small.gguf: tokens is STRING[2] [a, b]")
                    .hasMessageContaining("expected a whole number");
        }
    }

    @Test
    void readsVersion2() throws IOException {
        damaged(bytes -> bytes.set(LittleEndian.INT, VERSION_AT, 2));
        try (Gguf read = Gguf.open(folder.resolve("small.gguf"))) {
            assertThat(SafetensorsTest.floats(read, "w")).containsExactly(1, 2);
        }
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        refuses("does not begin with GGUF", bytes -> bytes.set(LittleEndian.INT, 0, 7));
        refuses("version 1 is not supported", bytes -> bytes.set(LittleEndian.INT, VERSION_AT, 1));
        refuses("big-endian", bytes -> bytes.set(LittleEndian.INT, VERSION_AT, 3 << 24));
        refuses("number of tensors", bytes -> bytes.set(LittleEndian.LONG, TENSOR_COUNT_AT, -1));
        refuses("of 1099511627776", bytes -> bytes.set(LittleEndian.LONG, TENSOR_COUNT_AT, 1L << 40));
        refuses("number of metadata values", bytes -> bytes.set(LittleEndian.LONG, VALUE_COUNT_AT, Long.MIN_VALUE));
        refuses(
                "a string of 18446744073709551615 bytes",
                bytes -> bytes.set(LittleEndian.LONG, FIRST_KEY_LENGTH_AT, -1));
        refuses("it is truncated", bytes -> bytes.set(LittleEndian.LONG, FIRST_KEY_LENGTH_AT, 1_000_000));
        for (int length : new int[] {0, 3, 7, 20, 30, 90, 200}) {
            byte[] whole = writeSmall();
            Files.write(folder.resolve("small.gguf"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Gguf.open(folder.resolve("small.gguf")))
                    .as("%d bytes", length)
                    .isInstanceOf(AlignException.Checkpoint.class);
        }
        assertThatThrownBy(() -> Gguf.open(folder.resolve("absent.gguf"))).hasMessageContaining("no such file");
    }

    @Test
    void refusesTensorsThatCannotBe() throws IOException {
        // Of tensor "w", from the end of its name: dimensions, one length, type, offset.
        refuses("9 dimensions", (bytes, at) -> bytes.set(LittleEndian.INT, at, 9));
        refuses("a dimension of 18446744073709551615", (bytes, at) -> bytes.set(LittleEndian.LONG, at + 4, -1));
        refuses("too large", (bytes, at) -> bytes.set(LittleEndian.LONG, at + 4, Long.MAX_VALUE));
        refuses("it is truncated", (bytes, at) -> bytes.set(LittleEndian.LONG, at + 4, 1 << 20));
        refuses("type 16 is not supported", (bytes, at) -> bytes.set(LittleEndian.INT, at + 12, 16));
        refuses("rows of 2 values cannot be Q8_0", (bytes, at) -> bytes.set(LittleEndian.INT, at + 12, 8));
        refuses("not a multiple of 32", (bytes, at) -> bytes.set(LittleEndian.LONG, at + 16, 8));
        refuses("it is truncated", (bytes, at) -> bytes.set(LittleEndian.LONG, at + 16, 1L << 62));
        refuses("within another tensor", (bytes, at) -> bytes.set(LittleEndian.LONG, at + 16, 32));
    }

    @Test
    void refusesToWriteWhatTheFormatLacks() {
        Path file = folder.resolve("x.gguf");
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put("x", new RawTensor(ElementType.U8, new long[] {1}, MemorySegment.ofArray(new byte[1])));
        assertThatThrownBy(() -> GgufWriter.write(file, new LinkedHashMap<>(), tensors))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("tensor x: U8 has no place in GGUF");
        tensors.put("x", TensorSource.ofFloats(GgmlType.Q4_0, new long[] {32, 3}, () -> ramp(96)));
        assertThatThrownBy(() -> GgufWriter.write(file, new LinkedHashMap<>(), tensors))
                .hasMessageContaining("blocks of 32");
        tensors.put("x", TensorSource.ofFloats(GgmlType.Q4_K, new long[] {256}, () -> ramp(256)));
        assertThatThrownBy(() -> GgufWriter.write(file, new LinkedHashMap<>(), tensors))
                .hasMessageContaining("Q4_K: read only");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void opensARealModelQuickly() {
        Path file = Shared.data("models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
        try (Gguf read = Gguf.open(file)) {
            assertThat(read.metadata().text("general.architecture")).contains("llama");
            assertThat(read.metadata().texts("tokenizer.ggml.tokens").orElseThrow())
                    .hasSize(49_152);
            assertThat(read.shape("token_embd.weight")).containsExactly(49_152, 576);
            assertThat(read.shape("blk.0.ffn_down.weight")).containsExactly(576, 1536);
            float[] norm = SafetensorsTest.floats(read, "output_norm.weight");
            assertThat(norm).hasSize(576).doesNotContain(Float.NaN);
        }
    }

    private static MemorySegment ramp(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return RawTensor.of(new long[] {count}, values).data();
    }

    /// Writes `small.gguf` with the tensors `w` and `v`, one after the other, and returns its
    /// bytes.
    private byte[] writeSmall() {
        SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", GgufValue.text("llama"));
        metadata.put("count", GgufValue.u32(3));
        metadata.put("tokens", GgufValue.texts("a", "b"));
        metadata.put("small", new GgufValue(GgufValue.Kind.U8, true, new byte[] {-1, 1}));
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put("w", RawTensor.of(new long[] {2}, 1, 2));
        tensors.put("v", RawTensor.of(new long[] {16}, new float[16]));
        Path file = folder.resolve("small.gguf");
        GgufWriter.write(file, metadata, tensors);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void damaged(Consumer<MemorySegment> damage) throws IOException {
        byte[] bytes = writeSmall();
        damage.accept(MemorySegment.ofArray(bytes));
        Files.write(folder.resolve("small.gguf"), bytes);
    }

    private void refuses(String message, Consumer<MemorySegment> damage) throws IOException {
        damaged(damage);
        assertThatThrownBy(() -> Gguf.open(folder.resolve("small.gguf")))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("small.gguf: ")
                .hasMessageContaining(message);
    }

    private interface TensorDamage {
        void apply(MemorySegment bytes, int behindName);
    }

    private void refuses(String message, TensorDamage damage) throws IOException {
        refuses(message, bytes -> damage.apply(bytes, behindName(bytes)));
    }

    /// Where the description of tensor `w` goes on behind its name.
    private static int behindName(MemorySegment bytes) {
        for (int i = 0; i < bytes.byteSize() - 9; i++) {
            if (bytes.get(LittleEndian.LONG, i) == 1 && bytes.get(ValueLayout.JAVA_BYTE, i + 8) == 'w') {
                return i + 9;
            }
        }
        throw new AssertionError("no tensor w");
    }
}
