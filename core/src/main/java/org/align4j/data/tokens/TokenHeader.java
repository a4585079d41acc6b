package org.align4j.data.tokens;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// The first bytes of a [TokenFile], little-endian: magic, version, bytes of an id, counts, what it
/// was made of, and checksums of what follows and of itself.
///
/// @param idBytes 2 or 4
/// @param tokens ids in the file
/// @param documents that end in the file
/// @param origin SHA-256 of all that decides the content: tokenizer, texts, settings; hexadecimal
/// @param checksum CRC-32C of all behind the header
record TokenHeader(int idBytes, long tokens, long documents, String origin, long checksum) {
    static final int SIZE = 96;
    private static final byte[] MAGIC = "A4JTOKEN".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;

    /// Bytes of the whole file: header, ids, padding to 8 bytes, ends of the documents.
    long fileSize() {
        return endsAt() + documents * Long.BYTES;
    }

    /// Where the ends of the documents begin.
    long endsAt() {
        return SIZE + (tokens * idBytes + 7) / 8 * 8;
    }

    ByteBuffer write() {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).putInt(VERSION).putInt(idBytes).putLong(tokens).putLong(documents);
        bytes.put(HexFormat.of().parseHex(origin)).putLong(checksum);
        bytes.putLong(SIZE - Long.BYTES, ownChecksum(bytes.array()));
        return bytes.rewind();
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws IllegalArgumentException saying what is wrong
    static TokenHeader read(byte[] header) {
        ByteBuffer bytes = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        if (header.length < SIZE || !Arrays.equals(MAGIC, Arrays.copyOf(header, MAGIC.length))) {
            throw new IllegalArgumentException("is no file of tokens");
        }
        bytes.position(MAGIC.length);
        int version = bytes.getInt();
        if (version != VERSION) {
            throw new IllegalArgumentException("has version " + version + "; this program reads " + VERSION);
        }
        if (bytes.getLong(SIZE - Long.BYTES) != ownChecksum(header)) {
            throw new IllegalArgumentException("is damaged: its header's checksum differs");
        }
        int idBytes = bytes.getInt();
        long tokens = bytes.getLong();
        long documents = bytes.getLong();
        byte[] origin = new byte[32];
        bytes.get(origin);
        return new TokenHeader(idBytes, tokens, documents, HexFormat.of().formatHex(origin), bytes.getLong());
    }

    private static long ownChecksum(byte[] header) {
        CRC32C sum = new CRC32C();
        sum.update(header, 0, SIZE - Long.BYTES);
        return sum.getValue();
    }
}
