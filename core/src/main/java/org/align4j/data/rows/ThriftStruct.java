package org.align4j.data.rows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A struct in Thrift's compact protocol, written field by field, by ascending numbers: what a
/// Parquet file says about itself.
final class ThriftStruct {
    private static final int INT_32 = 5;
    private static final int INT_64 = 6;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int STRUCT = 12;

    /// Lengths up to which a list's header is one byte.
    private static final int SHORT_LIST = 14;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int last;

    ThriftStruct integer(int field, int value) {
        key(field, INT_32);
        varint(zigzag(value));
        return this;
    }

    ThriftStruct integer64(int field, long value) {
        key(field, INT_64);
        varint(zigzag(value));
        return this;
    }

    ThriftStruct text(int field, String text) {
        key(field, BINARY);
        binary(text);
        return this;
    }

    ThriftStruct struct(int field, ThriftStruct struct) {
        key(field, STRUCT);
        out.writeBytes(struct.bytes());
        return this;
    }

    ThriftStruct structs(int field, List<ThriftStruct> structs) {
        list(field, structs.size(), STRUCT);
        structs.forEach(struct -> out.writeBytes(struct.bytes()));
        return this;
    }

    ThriftStruct integers(int field, List<Integer> values) {
        list(field, values.size(), INT_32);
        values.forEach(value -> varint(zigzag(value)));
        return this;
    }

    ThriftStruct texts(int field, List<String> texts) {
        list(field, texts.size(), BINARY);
        texts.forEach(this::binary);
        return this;
    }

    /// The fields and the mark of the struct's end.
    byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream(out.size() + 1);
        whole.writeBytes(out.toByteArray());
        whole.write(0);
        return whole.toByteArray();
    }

    /// Numbers are written as the distance from the field before.
    private void key(int field, int type) {
        if (field <= last || field - last > 15) {
            throw new IllegalArgumentException("field " + field + " after " + last);
        }
        out.write((field - last) << 4 | type);
        last = field;
    }

    private void list(int field, int size, int type) {
        key(field, LIST);
        if (size <= SHORT_LIST) {
            out.write(size << 4 | type);
        } else {
            out.write(0xf0 | type);
            varint(size);
        }
    }

    private void binary(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        varint(bytes.length);
        out.writeBytes(bytes);
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
