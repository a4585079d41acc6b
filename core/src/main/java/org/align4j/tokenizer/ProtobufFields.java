package org.align4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.align4j.error.AlignException;

/// Walks the fields of one protocol buffer message, without a schema.
final class ProtobufFields {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer in;
    private final String place;
    private int number;
    private int wireType;
    private long value;
    private byte[] bytes = {};

    ProtobufFields(byte[] message, String place) {
        in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        this.place = place;
    }

    /// Goes to the next field; false at the end.
    boolean next() {
        if (!in.hasRemaining()) {
            return false;
        }
        long tag = varint();
        number = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        switch (wireType) {
            case VARINT -> value = varint();
            case FIXED64 -> value = require(Long.BYTES).getLong();
            case FIXED32 -> value = require(Integer.BYTES).getInt();
            case BYTES -> {
                long length = varint();
                if (length < 0 || length > in.remaining()) {
                    throw broken("a field of " + length + " bytes, where " + in.remaining() + " are left");
                }
                bytes = new byte[(int) length];
                in.get(bytes);
            }
            default -> throw broken("a field of wire type " + wireType);
        }
        return true;
    }

    int number() {
        return number;
    }

    int integer() {
        expect(VARINT);
        return (int) value;
    }

    float real() {
        expect(FIXED32);
        return Float.intBitsToFloat((int) value);
    }

    byte[] bytes() {
        expect(BYTES);
        return bytes;
    }

    String string() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private long varint() {
        long result = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte part = require(1).get();
            result |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return result;
            }
        }
        throw broken("a number longer than 64 bits");
    }

    private ByteBuffer require(int count) {
        if (in.remaining() < count) {
            throw broken("an end in the middle of a field");
        }
        return in;
    }

    private void expect(int type) {
        if (wireType != type) {
            throw broken("field " + number + " of wire type " + wireType + " instead of " + type);
        }
    }

    private AlignException.Model broken(String what) {
        return new AlignException.Model(place + ": not a SentencePiece model (" + what + " at byte " + in.position()
                + "); fetch the file again");
    }
}
