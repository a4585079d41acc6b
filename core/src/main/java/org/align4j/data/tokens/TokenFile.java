package org.align4j.data.tokens;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.align4j.error.AlignException;

/// Token ids of documents that were laid end to end, mapped into memory: the system reads what is
/// looked at, however large the file is.
final class TokenFile {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long CHECKED = 1 << 26;

    private final TokenHeader header;
    private final MemorySegment ids;
    private final MemorySegment ends;

    private TokenFile(TokenHeader header, MemorySegment ids, MemorySegment ends) {
        this.header = header;
        this.ids = ids;
        this.ends = ends;
    }

    /// The header alone, read without what follows.
    ///
    /// @throws AlignException.Data for a file that is none of ours, cut off, or with a damaged
    ///     header
    static TokenHeader header(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            TokenHeader header = TokenHeader.read(in.readNBytes(TokenHeader.SIZE));
            if (Files.size(file) != header.fileSize()) {
                throw new IllegalArgumentException(
                        "has " + Files.size(file) + " bytes; " + header.fileSize() + " were written");
            }
            return header;
        } catch (IllegalArgumentException e) {
            throw damaged(file, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw damaged(file, "cannot be read (" + e.getMessage() + ")");
        }
    }

    /// Maps a file for the life of `arena` and compares its checksum.
    ///
    /// @throws AlignException.Data for a damaged file
    static TokenFile open(Path file, Arena arena) {
        TokenHeader header = header(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            if (checksum(all.asSlice(TokenHeader.SIZE)) != header.checksum()) {
                throw damaged(file, "is damaged: its checksum differs");
            }
            return new TokenFile(
                    header,
                    all.asSlice(TokenHeader.SIZE, header.tokens() * header.idBytes()),
                    all.asSlice(header.endsAt()));
        } catch (IOException e) {
            throw damaged(file, "cannot be read (" + e.getMessage() + ")");
        }
    }

    private static AlignException.Data damaged(Path file, String fault) {
        return new AlignException.Data(file + ": " + fault + "; delete it to have it made again");
    }

    private static long checksum(MemorySegment content) {
        CRC32C sum = new CRC32C();
        for (long at = 0; at < content.byteSize(); at += CHECKED) {
            sum.update(content.asSlice(at, Math.min(CHECKED, content.byteSize() - at))
                    .asByteBuffer());
        }
        return sum.getValue();
    }

    long tokens() {
        return header.tokens();
    }

    long documents() {
        return header.documents();
    }

    /// Copies `count` ids from `from` on into `target`.
    void copy(long from, int[] target, int at, int count) {
        for (int i = 0; i < count; i++) {
            target[at + i] = header.idBytes() == Short.BYTES
                    ? Short.toUnsignedInt(ids.getAtIndex(SHORT, from + i))
                    : ids.getAtIndex(INT, from + i);
        }
    }

    /// Where the document that holds token `token` ends: the place behind its last token.
    long documentEnd(long token) {
        long low = 0;
        long high = header.documents() - 1;
        while (low < high) {
            long middle = (low + high) / 2;
            if (ends.getAtIndex(LONG, middle) > token) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return ends.getAtIndex(LONG, low);
    }
}
