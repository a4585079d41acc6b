package org.align4j.data.tokens;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.align4j.error.AlignException;

/// Writes a [TokenFile] under a temporary name; [#finish] gives it its own. A process that dies in
/// between leaves no file of that name.
final class TokenFileWriter implements AutoCloseable {
    private final Path file;
    private final Path temporary;
    private final int idBytes;
    private final String origin;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();
    private long[] ends = new long[1024];
    private int documents;
    private long tokens;
    private boolean finished;

    /// @param idBytes 2 or 4
    /// @param origin SHA-256 of what decides the content, hexadecimal
    TokenFileWriter(Path file, int idBytes, String origin) {
        this.file = file;
        this.temporary = file.resolveSibling(file.getFileName() + ".tmp");
        this.idBytes = idBytes;
        this.origin = origin;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
            channel.position(TokenHeader.SIZE);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    void add(int[] ids) {
        for (int id : ids) {
            if (buffer.remaining() < Integer.BYTES) {
                flush();
            }
            if (idBytes == Short.BYTES) {
                buffer.putShort((short) id);
            } else {
                buffer.putInt(id);
            }
        }
        tokens += ids.length;
    }

    /// The last token that was added is the last of its document.
    void endDocument() {
        if (documents == ends.length) {
            ends = Arrays.copyOf(ends, 2 * documents);
        }
        ends[documents++] = tokens;
    }

    long tokens() {
        return tokens;
    }

    /// Completes the file and makes it durable.
    void finish() {
        TokenHeader counts = new TokenHeader(idBytes, tokens, documents, origin, 0);
        if (buffer.remaining() < Long.BYTES) {
            flush();
        }
        buffer.put(new byte[(int) (counts.endsAt() - TokenHeader.SIZE - tokens * idBytes)]);
        for (int document = 0; document < documents; document++) {
            if (buffer.remaining() < Long.BYTES) {
                flush();
            }
            buffer.putLong(ends[document]);
        }
        flush();
        try {
            TokenHeader header = new TokenHeader(idBytes, tokens, documents, origin, checksum.getValue());
            writeFully(header.write(), 0);
            channel.force(true);
            channel.close();
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            finished = true;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void flush() {
        buffer.flip();
        checksum.update(buffer.duplicate());
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw failure(e);
        }
        buffer.clear();
    }

    private void writeFully(ByteBuffer bytes, long at) throws IOException {
        long place = at;
        while (bytes.hasRemaining()) {
            place += channel.write(bytes, place);
        }
    }

    private AlignException.Checkpoint failure(IOException e) {
        String reason = String.valueOf(e.getMessage());
        String remedy = reason.contains("No space left") || reason.contains("quota")
                ? "the disk is full; free space, or name another folder with data.tokens. Finished files stay, and the"
                        + " same command goes on from them"
                : reason + "; check that the folder exists and is writable";
        return new AlignException.Checkpoint(file + ": cannot be written: " + remedy, e);
    }

    /// Removes what was not finished.
    @Override
    public void close() {
        if (finished) {
            return;
        }
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
