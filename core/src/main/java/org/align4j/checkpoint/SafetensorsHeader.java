package org.align4j.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The header of a safetensors file: 8 bytes of length, then JSON that gives each tensor's type,
/// shape and bytes. Checked as the format demands: every byte of the data belongs to exactly one
/// tensor.
///
/// @param tensors by name, in the header's order
/// @param metadata the `__metadata__` entry
/// @param dataStart where the data begins in the file
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata, long dataStart) {
    private static final String METADATA = "__metadata__";

    /// The format's own limit.
    private static final long LONGEST_HEADER = 100_000_000;

    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// One tensor; `begin` and `end` count from the start of the data.
    @SuppressWarnings("ArrayRecordComponent") // never leaves the package
    record Entry(ElementType type, long[] shape, long begin, long end) {}

    /// Parses and checks the header of a mapped file.
    static SafetensorsHeader parse(Path file, MemorySegment mapped) {
        if (mapped.byteSize() < 8) {
            throw damaged(file, "only " + mapped.byteSize() + " bytes, too short for a safetensors file");
        }
        long length = mapped.get(LittleEndian.LONG, 0);
        if (length < 2 || length > LONGEST_HEADER) {
            throw new AlignException.Checkpoint(
                    "%s: the header's length reads %s, outside 2..%d; this is no safetensors file, or a damaged one: download it again"
                            .formatted(file, Long.toUnsignedString(length), LONGEST_HEADER));
        }
        if (8 + length > mapped.byteSize()) {
            throw damaged(file, "the header takes %d bytes, the file has %d".formatted(8 + length, mapped.byteSize()));
        }
        JsonNode json = json(file, mapped.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE));
        if (!json.isObject()) {
            throw damaged(file, "the header is not a JSON object");
        }
        Map<String, Entry> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : json.properties()) {
            if (property.getKey().equals(METADATA)) {
                readMetadata(file, property.getValue(), metadata);
            } else {
                tensors.put(property.getKey(), entry(file, property.getKey(), property.getValue()));
            }
        }
        checkSpans(file, tensors, mapped.byteSize() - 8 - length);
        return new SafetensorsHeader(tensors, metadata, 8 + length);
    }

    /// The first bytes of a file with these tensors: length, JSON, spaces up to a multiple of 8.
    static byte[] render(Map<String, ? extends TensorSource> tensors, Map<String, String> metadata) {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = header.putObject(METADATA);
            metadata.forEach(node::put);
        }
        long offset = 0;
        for (Map.Entry<String, ? extends TensorSource> tensor : tensors.entrySet()) {
            TensorSource source = tensor.getValue();
            if (!(source.type() instanceof ElementType)) {
                throw new AlignException.Checkpoint("tensor %s: %s has no place in safetensors; write F32, F16 or BF16"
                        .formatted(tensor.getKey(), source.type().name()));
            }
            ObjectNode node = header.putObject(tensor.getKey());
            node.put("dtype", source.type().name());
            Arrays.stream(source.shape()).forEach(node.putArray("shape")::add);
            node.putArray("data_offsets").add(offset).add(offset + source.bytes());
            offset += source.bytes();
        }
        byte[] json = JSON.writeValueAsBytes(header);
        byte[] padded = new byte[8 + (json.length + 7) / 8 * 8];
        Arrays.fill(padded, (byte) ' ');
        MemorySegment.ofArray(padded).set(LittleEndian.LONG, 0, padded.length - 8L);
        System.arraycopy(json, 0, padded, 8, json.length);
        return padded;
    }

    private static JsonNode json(Path file, byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw new AlignException.Checkpoint(
                    "%s: the header is not valid JSON (%s); download or write the file again"
                            .formatted(file, e.getOriginalMessage()),
                    e);
        }
    }

    private static void readMetadata(Path file, JsonNode node, Map<String, String> metadata) {
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            if (!property.getValue().isString()) {
                throw damaged(file, METADATA + "." + property.getKey() + " is not a string");
            }
            metadata.put(property.getKey(), property.getValue().stringValue());
        }
    }

    private static Entry entry(Path file, String name, JsonNode node) {
        JsonNode dtype = node.path("dtype");
        if (!dtype.isString()) {
            throw damaged(file, "tensor " + name + ": no dtype");
        }
        ElementType type = ElementType.named(dtype.stringValue())
                .orElseThrow(() -> new AlignException.Checkpoint(
                        "%s: tensor %s: type %s is not supported; convert it to F32, F16 or BF16"
                                .formatted(file, name, dtype.stringValue())));
        long[] shape = longs(file, name, node.path("shape"), "shape");
        long[] offsets = longs(file, name, node.path("data_offsets"), "data_offsets");
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw damaged(file, "tensor %s: data_offsets %s".formatted(name, Arrays.toString(offsets)));
        }
        long bytes;
        try {
            bytes = type.bytes(TensorSource.valueCount(shape));
        } catch (ArithmeticException e) {
            throw damaged(file, "tensor %s: shape %s is too large".formatted(name, Arrays.toString(shape)));
        }
        if (bytes != offsets[1] - offsets[0]) {
            throw damaged(
                    file,
                    "tensor %s: %s %s takes %d bytes, data_offsets %s give it %d"
                            .formatted(
                                    name,
                                    type,
                                    Arrays.toString(shape),
                                    bytes,
                                    Arrays.toString(offsets),
                                    offsets[1] - offsets[0]));
        }
        return new Entry(type, shape, offsets[0], offsets[1]);
    }

    /// An array of whole numbers from 0.
    private static long[] longs(Path file, String name, JsonNode node, String key) {
        long[] values = new long[node.size()];
        boolean valid = node.isArray();
        for (int i = 0; valid && i < values.length; i++) {
            JsonNode value = node.get(i);
            valid = value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
            values[i] = valid ? value.longValue() : 0;
        }
        if (!valid) {
            throw damaged(file, "tensor %s: %s is not a list of whole numbers from 0: %s".formatted(name, key, node));
        }
        return values;
    }

    /// Tensors lie one behind the other, without holes or overlaps, up to the end of the file.
    private static void checkSpans(Path file, Map<String, Entry> tensors, long dataBytes) {
        List<Map.Entry<String, Entry>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.comparingLong(
                        (Map.Entry<String, Entry> tensor) -> tensor.getValue().begin())
                .thenComparingLong(tensor -> tensor.getValue().end()));
        long position = 0;
        for (Map.Entry<String, Entry> tensor : ordered) {
            long begin = tensor.getValue().begin();
            if (begin != position) {
                throw damaged(
                        file,
                        "tensor %s: starts at byte %d of the data, %s at %d"
                                .formatted(
                                        tensor.getKey(),
                                        begin,
                                        begin < position
                                                ? "overlapping a tensor that ends"
                                                : "after a hole that starts",
                                        position));
            }
            position = tensor.getValue().end();
            if (position > dataBytes) {
                throw damaged(
                        file,
                        "tensor %s: ends at byte %d of the data, the file has only %d; it is truncated"
                                .formatted(tensor.getKey(), position, dataBytes));
            }
        }
        if (position != dataBytes) {
            throw damaged(file, (dataBytes - position) + " bytes follow the last tensor");
        }
    }

    private static AlignException.Checkpoint damaged(Path file, String fault) {
        return new AlignException.Checkpoint(file + ": " + fault + "; download or write the file again");
    }
}
