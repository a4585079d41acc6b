package org.align4j.data.flan.task;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
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
    private char[] characters = new char[1 << 10];
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

    /// Characters as Java holds them, one byte each or two, because that is a copy: UTF-8 of curly
    /// quotes and dashes would be a third of the time in which tasks are read.
    private void text(String text) {
        int length = text.length();
        byte[] narrow = text.getBytes(StandardCharsets.ISO_8859_1);
        boolean wide = !text.equals(new String(narrow, StandardCharsets.ISO_8859_1));
        number(length * 2L + (wide ? 1 : 0));
        if (wide) {
            room(2 * length);
            characters(length);
            text.getChars(0, length, characters, 0);
            places(length).put(characters, 0, length);
            at += 2 * length;
        } else {
            room(length);
            System.arraycopy(narrow, 0, bytes, at, length);
            at += length;
        }
    }

    private String text() {
        long header = number();
        int length = (int) (header >>> 1);
        if ((header & 1) == 0) {
            at += length;
            return new String(bytes, at - length, length, StandardCharsets.ISO_8859_1);
        }
        characters(length);
        places(length).get(characters, 0, length);
        at += 2 * length;
        return new String(characters, 0, length);
    }

    private CharBuffer places(int length) {
        return ByteBuffer.wrap(bytes, at, 2 * length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asCharBuffer();
    }

    private void characters(int length) {
        if (length > characters.length) {
            characters = new char[Math.max(length, characters.length * 2)];
        }
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
