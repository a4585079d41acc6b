package org.align4j.data.flan.task;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.align4j.data.Source;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Examples as bytes and back. The file of an example's source is known to the task and not
/// written.
final class ExampleCodec {
    private static final TypeReference<Map<String, @Nullable Object>> FIELDS = new TypeReference<>() {};

    private byte[] bytes = new byte[1 << 12];
    private int at;

    /// Writes an example; [#bytes()] and [#length()] hold it until the next.
    void write(TaskExample example, int file) {
        at = 0;
        number(file);
        number(example.source().line());
        text(example.input());
        text(example.target());
        text(example.rationale());
        text(example.language());
        number(example.choices().size());
        example.choices().forEach(this::text);
        text(example.fields().isEmpty() ? "" : JsonMapper.shared().writeValueAsString(example.fields()));
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return at;
    }

    /// A buffer of at least `length` bytes to read into.
    byte[] buffer(int length) {
        room(length - at);
        return bytes;
    }

    /// Reads the example that the buffer holds from its start.
    TaskExample read(List<String> files) {
        at = 0;
        String file = files.get((int) number());
        long line = number();
        String input = text();
        String target = text();
        String rationale = text();
        String language = text();
        int size = (int) number();
        List<String> choices = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            choices.add(text());
        }
        String json = text();
        Map<String, @Nullable Object> fields =
                json.isEmpty() ? Map.of() : JsonMapper.shared().readValue(json, FIELDS);
        at = 0;
        return new TaskExample(input, target, rationale, choices, language, fields, new Source(file, line));
    }

    private void text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        number(encoded.length);
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, at, encoded.length);
        at += encoded.length;
    }

    private String text() {
        int length = (int) number();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    private void number(long value) {
        room(10);
        long rest = value;
        while (rest >= 0x80) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    private long number() {
        long value = 0;
        int shift = 0;
        while (bytes[at] < 0) {
            value |= (long) (bytes[at++] & 0x7f) << shift;
            shift += 7;
        }
        return value | (long) bytes[at++] << shift;
    }

    private void room(int more) {
        if (at + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(at + more, bytes.length * 2));
        }
    }
}
