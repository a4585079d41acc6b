package org.align4j.data.rows;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// Opens a file's content: decompressed (told by its first bytes, whatever its name) and without a
/// byte order mark.
final class Input {
    private static final int HEAD = 1 << 16;

    private Input() {}

    /// The decompressed bytes, buffered; supports mark and reset over the first 64 KiB.
    ///
    /// @throws IOException when the file cannot be opened or its name says `.gz` or `.zst` and its
    ///     content is something else
    static BufferedInputStream open(Path file) throws IOException {
        BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(file), HEAD);
        try {
            byte[] magic = peek(raw, 4);
            String name = file.toString().toLowerCase(Locale.ROOT);
            InputStream content;
            if (isGzip(magic)) {
                content = new GZIPInputStream(raw, HEAD);
            } else if (isZstd(magic)) {
                content = new ZstdInputStream(raw);
            } else if (name.endsWith(".gz") || name.endsWith(".zst")) {
                throw new IOException("the name says compressed, the content is not; rename it or compress it again");
            } else {
                content = raw;
            }
            BufferedInputStream bytes =
                    content instanceof BufferedInputStream same ? same : new BufferedInputStream(content, HEAD);
            skipByteOrderMark(bytes);
            return bytes;
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    /// The content as text. Bytes that are not UTF-8 give an IOException, never a replacement.
    static Reader text(InputStream bytes) {
        return new InputStreamReader(
                bytes,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }

    /// Whether the file's bytes are compressed as a whole.
    static boolean isCompressed(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file)) {
            byte[] magic = raw.readNBytes(4);
            return isGzip(magic) || isZstd(magic);
        }
    }

    /// The next `count` bytes, or fewer at the end; they are read again afterwards.
    static byte[] peek(BufferedInputStream bytes, int count) throws IOException {
        bytes.mark(count);
        byte[] head = bytes.readNBytes(count);
        bytes.reset();
        return head;
    }

    private static void skipByteOrderMark(BufferedInputStream bytes) throws IOException {
        byte[] head = peek(bytes, 3);
        if (head.length == 3 && (head[0] & 0xff) == 0xef && (head[1] & 0xff) == 0xbb && (head[2] & 0xff) == 0xbf) {
            bytes.skipNBytes(3);
        }
    }

    private static boolean isGzip(byte[] magic) {
        return magic.length >= 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b;
    }

    private static boolean isZstd(byte[] magic) {
        return magic.length >= 4
                && (magic[0] & 0xff) == 0x28
                && (magic[1] & 0xff) == 0xb5
                && (magic[2] & 0xff) == 0x2f
                && (magic[3] & 0xff) == 0xfd;
    }
}
