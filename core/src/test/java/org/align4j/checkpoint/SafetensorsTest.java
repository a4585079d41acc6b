package org.align4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatItWrote() {
        Path file = folder.resolve("new/folder/x.safetensors");
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put("w", RawTensor.of(new long[] {2, 3}, 0, 1.5f, -2, 3, 1e-30f, Float.NaN));
        tensors.put("odd.bytes", new RawTensor(ElementType.U8, new long[] {3}, bytes(1, 2, 255)));
        tensors.put("scalar", RawTensor.of(new long[] {}, 7));
        tensors.put("empty", RawTensor.of(new long[] {0, 4}));
        SafetensorsWriter.write(file, tensors, Map.of("epoch", "3"));
        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.names()).containsExactly("w", "scalar", "empty", "odd.bytes");
            assertThat(read.shape("w")).containsExactly(2, 3);
            assertThat(floats(read, "w")).containsExactly(0, 1.5f, -2, 3, 1e-30f, Float.NaN);
            assertThat(read.shape("scalar")).isEmpty();
            assertThat(floats(read, "scalar")).containsExactly(7);
            assertThat(floats(read, "empty")).isEmpty();
            assertThat(read.dtype("odd.bytes")).isEqualTo("U8");
            assertThat(floats(read, "odd.bytes")).containsExactly(1, 2, 255);
            assertThat(read.metadata()).containsOnly(Map.entry("format", "pt"), Map.entry("epoch", "3"));
        }
    }

    @Test
    void convertsFloatsOnTheWayToTheFile() {
        float[] values = {1, -1.00390625f, 1.01171875f, 65504, 1e-8f, Float.NEGATIVE_INFINITY, Float.NaN};
        MemorySegment floats = RawTensor.of(new long[] {7}, values).data();
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        for (ElementType type :
                new ElementType[] {ElementType.BF16, ElementType.F16, ElementType.F32, ElementType.F64}) {
            tensors.put(type.name(), TensorSource.ofFloats(type, new long[] {7}, () -> floats));
        }
        SafetensorsWriter.writeModel(folder, tensors, SafetensorsWriter.DEFAULT_SHARD_BYTES);
        try (Safetensors read = Safetensors.open(folder)) {
            // Ties of bfloat16's 8 bits go to the even neighbour: 1.0039 down to 1, 1.0117 up to 1.015625.
            assertThat(floats(read, "BF16"))
                    .containsExactly(1, -1, 1.015625f, 65536, 1.0011718e-8f, Float.NEGATIVE_INFINITY, Float.NaN);
            assertThat(floats(read, "F16"))
                    .containsExactly(1, -1.00390625f, 1.01171875f, 65504, 0, Float.NEGATIVE_INFINITY, Float.NaN);
            assertThat(floats(read, "F32")).containsExactly(values);
            assertThat(floats(read, "F64")).containsExactly(values);
        }
    }

    @Test
    void convertsTensorsLargerThanAChunk() {
        int count = (1 << 18) + 12_345;
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i % 2048 - 1024;
        }
        MemorySegment floats = RawTensor.of(new long[] {count}, values).data();
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put("x", TensorSource.ofFloats(ElementType.F16, new long[] {count}, () -> floats));
        SafetensorsWriter.write(folder.resolve("x.safetensors"), tensors, Map.of());
        try (Safetensors read = Safetensors.open(folder.resolve("x.safetensors"))) {
            assertThat(floats(read, "x")).isEqualTo(values);
        }
    }

    @Test
    void wholeNumbersBecomeFloats() {
        SequencedMap<String, RawTensor> tensors = new LinkedHashMap<>();
        tensors.put(
                "i64", new RawTensor(ElementType.I64, new long[] {1}, bytes(254, 255, 255, 255, 255, 255, 255, 255)));
        tensors.put("i32", new RawTensor(ElementType.I32, new long[] {1}, bytes(0, 0, 0, 128)));
        tensors.put("u32", new RawTensor(ElementType.U32, new long[] {1}, bytes(0, 0, 0, 128)));
        tensors.put("i16", new RawTensor(ElementType.I16, new long[] {1}, bytes(255, 255)));
        tensors.put("u16", new RawTensor(ElementType.U16, new long[] {1}, bytes(255, 255)));
        tensors.put("i8", new RawTensor(ElementType.I8, new long[] {1}, bytes(128)));
        tensors.put("bool", new RawTensor(ElementType.BOOL, new long[] {2}, bytes(0, 1)));
        tensors.put("f8", new RawTensor(ElementType.F8_E4M3, new long[] {1}, bytes(1)));
        SafetensorsWriter.write(folder.resolve("x.safetensors"), tensors, Map.of());
        try (Safetensors read = Safetensors.open(folder.resolve("x.safetensors"))) {
            assertThat(floats(read, "i64")).containsExactly(-2);
            assertThat(floats(read, "i32")).containsExactly(Integer.MIN_VALUE);
            assertThat(floats(read, "u32")).containsExactly(2147483648f);
            assertThat(floats(read, "i16")).containsExactly(-1);
            assertThat(floats(read, "u16")).containsExactly(65535);
            assertThat(floats(read, "i8")).containsExactly(-128);
            assertThat(floats(read, "bool")).containsExactly(0, 1);
            assertThatThrownBy(() -> floats(read, "f8"))
                    .hasMessageContaining("F8_E4M3")
                    .hasMessageContaining("convert");
        }
    }

    @Test
    void splitsAModelIntoShardsAndBack() throws IOException {
        Files.writeString(folder.resolve("model.safetensors"), "an earlier model");
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            tensors.put("layer." + i, RawTensor.of(new long[] {3}, i, i + 1, i + 2));
        }
        SafetensorsWriter.writeModel(folder, tensors, 24);
        assertThat(fileNames())
                .containsExactly(
                        "model-00001-of-00003.safetensors",
                        "model-00002-of-00003.safetensors",
                        "model-00003-of-00003.safetensors",
                        "model.safetensors.index.json");
        assertThat(folder.resolve("model.safetensors.index.json")).content().contains("\"total_size\" : 60");
        try (WeightFile read = WeightFile.open(folder)) {
            assertThat(read.names()).containsExactlyElementsOf(tensors.keySet());
            assertThat(floats(read, "layer.4")).containsExactly(4, 5, 6);
        }
        SafetensorsWriter.writeModel(folder, tensors, 1000);
        assertThat(fileNames()).containsExactly("model.safetensors");
    }

    @Test
    void reportsAllFaultsBetweenIndexAndShards() throws IOException {
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        for (String name : new String[] {"a", "b", "c", "d"}) {
            tensors.put(name, RawTensor.of(new long[] {1}, 1));
        }
        SafetensorsWriter.writeModel(folder, tensors, 8);
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, Files.readString(index).replace("\"b\"", "\"x\""));
        Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
        assertThatThrownBy(() -> Safetensors.open(folder))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("tensor b is not listed")
                .hasMessageContaining("tensor x, listed for this shard, is missing")
                .hasMessageContaining("model-00002-of-00002.safetensors: shard named by the index is missing");
        Files.writeString(index, "{\"weight_map\": {\"a\": \"../model.safetensors\"}}");
        assertThatThrownBy(() -> Safetensors.open(folder)).hasMessageContaining("weight_map.a");
        Files.writeString(index, "{\"weight_map\": {");
        assertThatThrownBy(() -> Safetensors.open(folder)).hasMessageContaining("index cannot be read");
        Files.writeString(index, "{}");
        assertThatThrownBy(() -> Safetensors.open(folder)).hasMessageContaining("no weight_map");
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        Map<String, String> faults = new LinkedHashMap<>();
        faults.put("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "takes 8 bytes");
        faults.put("{\"x\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}", "hole");
        faults.put("{\"x\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "4 bytes follow the last tensor");
        faults.put("{\"x\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]}}", "truncated");
        faults.put(
                "{\"x\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]},"
                        + "\"y\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
                "tensor y: starts at byte 4 of the data, overlapping");
        faults.put(
                "{\"x\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},"
                        + "\"x\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}",
                "Duplicate");
        faults.put("{\"x\":{\"dtype\":\"I4\",\"shape\":[8],\"data_offsets\":[0,4]}}", "type I4 is not supported");
        faults.put("{\"x\":{\"shape\":[8],\"data_offsets\":[0,8]}}", "tensor x: no dtype");
        faults.put("{\"x\":{\"dtype\":\"U8\",\"shape\":[-8],\"data_offsets\":[0,8]}}", "shape is not a list");
        faults.put("{\"x\":{\"dtype\":\"U8\",\"shape\":8,\"data_offsets\":[0,8]}}", "shape is not a list");
        faults.put("{\"x\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[8]}}", "data_offsets [8]");
        faults.put("{\"x\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,8]}}", "too large");
        faults.put(
                "{\"x\":{\"dtype\":\"U8\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}",
                "shape is not a list");
        faults.put("{\"__metadata__\":{\"a\":1}}", "__metadata__.a is not a string");
        faults.put("[1]", "not a JSON object");
        faults.put("{} {}", "not valid JSON");
        faults.put("{\"x\":{\"dty", "not valid JSON");
        for (Map.Entry<String, String> fault : faults.entrySet()) {
            Path file = withHeader(fault.getKey(), fault.getKey().length());
            assertThatThrownBy(() -> Safetensors.open(file))
                    .as(fault.getKey())
                    .isInstanceOf(AlignException.Checkpoint.class)
                    .hasMessageStartingWith(file.toString())
                    .hasMessageContaining(fault.getValue());
        }
    }

    @Test
    void refusesHeaderLengthsThatCannotBe() throws IOException {
        for (long length : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, 0, 100_000_001, 11}) {
            Path file = withHeader("{}", length);
            assertThatThrownBy(() -> Safetensors.open(file))
                    .isInstanceOf(AlignException.Checkpoint.class)
                    .hasMessageContaining("header");
        }
        Path tiny = Files.write(folder.resolve("tiny.safetensors"), new byte[7]);
        assertThatThrownBy(() -> Safetensors.open(tiny)).hasMessageContaining("only 7 bytes");
        Path empty = Files.write(folder.resolve("empty.safetensors"), new byte[0]);
        assertThatThrownBy(() -> Safetensors.open(empty)).hasMessageContaining("only 0 bytes");
    }

    @Test
    void namesWhatIsMissing() {
        assertThatThrownBy(() -> Safetensors.open(folder.resolve("absent.safetensors")))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> Safetensors.open(folder)).hasMessageContaining("holds neither");
        SequencedMap<String, RawTensor> tensors = new LinkedHashMap<>();
        tensors.put("lm_head.weight", RawTensor.of(new long[] {1}, 1));
        SafetensorsWriter.writeModel(folder, tensors, 100);
        try (Safetensors read = Safetensors.open(folder)) {
            assertThatThrownBy(() -> read.shape("lm_haed.weight")).hasMessageContaining("nearest: lm_head.weight");
            assertThatThrownBy(() -> read.readFloats("lm_head.weight", bytes(1, 2)))
                    .isInstanceOf(AlignException.Checkpoint.class)
                    .hasMessageContaining("destination of 2 bytes for 4");
        }
    }

    @Test
    void aWriteThatFailsKeepsTheEarlierModel() {
        SequencedMap<String, TensorSource> good = new LinkedHashMap<>();
        good.put("a", RawTensor.of(new long[] {2}, 1, 2));
        good.put("b", RawTensor.of(new long[] {2}, 3, 4));
        SequencedMap<String, TensorSource> bad = new LinkedHashMap<>(good);
        bad.put("b", TensorSource.lazy(ElementType.F32, new long[] {2}, () -> bytes(1, 2, 3)));
        for (long shardBytes : new long[] {100, 8}) {
            SafetensorsWriter.writeModel(folder, good, shardBytes);
            assertThatThrownBy(() -> SafetensorsWriter.writeModel(folder, bad, shardBytes))
                    .isInstanceOf(AlignException.Checkpoint.class)
                    .hasMessageContaining("tensor b: 3 bytes given, 8 expected");
            assertThat(fileNames()).noneMatch(name -> name.endsWith(".tmp"));
            try (Safetensors read = Safetensors.open(folder)) {
                assertThat(floats(read, "b")).containsExactly(3, 4);
            }
        }
    }

    @Test
    void aFullDiskIsNamed() {
        assertThatThrownBy(() -> AtomicFile.replace(folder.resolve("x"), sink -> {
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("the disk is full; free space");
        assertThat(fileNames()).isEmpty();
    }

    @Test
    void severalThreadsReadAtOnce() {
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 64; i++) {
            MemorySegment same = filled(1000, i).data();
            tensors.put("layer." + i, TensorSource.ofFloats(ElementType.BF16, new long[] {1000}, () -> same));
        }
        SafetensorsWriter.writeModel(folder, tensors, SafetensorsWriter.DEFAULT_SHARD_BYTES);
        try (Safetensors read = Safetensors.open(folder)) {
            assertThat(read.names().parallelStream()
                            .allMatch(name -> Arrays.equals(
                                    floats(read, name), floats(filled(1000, Integer.parseInt(name.substring(6)))))))
                    .isTrue();
        }
    }

    @Test
    void opensAFileWrittenByPython() {
        Path model = Shared.data("models/digit_completion/model.safetensors");
        try (Safetensors read = Safetensors.open(model.getParent())) {
            assertThat(read.metadata()).containsEntry("format", "pt");
            for (String name : read.names()) {
                assertThat(sumOfSquares(floats(read, name))).as(name).isFinite().isPositive();
            }
        }
    }

    static float[] floats(WeightFile file, String name) {
        float[] values = new float[(int) file.valueCount(name)];
        MemorySegment destination = MemorySegment.ofArray(new byte[values.length * 4]);
        file.readFloats(name, destination);
        MemorySegment.copy(destination, LittleEndian.FLOAT, 0, values, 0, values.length);
        return values;
    }

    private static RawTensor filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return RawTensor.of(new long[] {count}, values);
    }

    private static float[] floats(RawTensor tensor) {
        return tensor.data().toArray(LittleEndian.FLOAT);
    }

    private static double sumOfSquares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    private static MemorySegment bytes(int... values) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[values.length]);
        for (int i = 0; i < values.length; i++) {
            bytes.set(ValueLayout.JAVA_BYTE, i, (byte) values[i]);
        }
        return bytes;
    }

    /// A file of that header, said to be `length` long, and 8 bytes of data.
    private Path withHeader(String header, long length) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        byte[] content = new byte[8 + json.length + 8];
        MemorySegment.ofArray(content).set(LittleEndian.LONG, 0, length);
        System.arraycopy(json, 0, content, 8, json.length);
        return Files.write(folder.resolve("bad.safetensors"), content);
    }

    private List<String> fileNames() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
