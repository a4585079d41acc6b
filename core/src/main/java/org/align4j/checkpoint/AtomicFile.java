package org.align4j.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.align4j.error.AlignException;

/// Writes a file so that it is there whole or not at all: a reader, and a process killed at any
/// moment, find either the earlier file or the new one.
public final class AtomicFile {
    /// Bytes given to the system at a time: heap memory is copied to a direct buffer of this
    /// size.
    private static final long PIECE = 1 << 23;

    private AtomicFile() {}

    /// What writes the file's bytes.
    @FunctionalInterface
    public interface Body {
        void write(TensorSource.Sink sink) throws IOException;
    }

    /// Replaces `file` by what `body` writes: under a temporary name in the same folder, flushed
    /// to the disk, renamed. Missing folders are made.
    ///
    /// @throws AlignException.Checkpoint when writing fails, e.g. on a full disk; the earlier
    ///     file is then unchanged
    public static void replace(Path file, Body body) {
        Path temporary = stage(file, body);
        publish(temporary, file);
    }

    /// Writes all bytes under the temporary name of `file` and flushes them; [#publish] makes
    /// them visible.
    static Path stage(Path file, Body body) {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        boolean written = false;
        try {
            Files.createDirectories(parent(target));
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                body.write(bytes -> writeFully(channel, bytes));
                channel.force(true);
            }
            written = true;
            return temporary;
        } catch (IOException e) {
            throw failure(file, e);
        } finally {
            if (!written) {
                discard(temporary);
            }
        }
    }

    static void publish(Path temporary, Path file) {
        Path target = file.toAbsolutePath();
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            // The rename itself must reach the disk, too.
            try (FileChannel folder = FileChannel.open(parent(target), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /// Removes a staged file that will not be published.
    static void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw failure(temporary, e);
        }
    }

    private static void writeFully(FileChannel channel, MemorySegment bytes) throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += PIECE) {
            ByteBuffer piece =
                    bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)).asByteBuffer();
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
        }
    }

    private static Path parent(Path absolute) {
        Path parent = absolute.getParent();
        return parent == null ? absolute : parent;
    }

    private static AlignException.Checkpoint failure(Path file, IOException cause) {
        String reason = String.valueOf(cause.getMessage());
        if (reason.contains("No space left") || reason.contains("quota")) {
            return new AlignException.Checkpoint(
                    file
                            + ": the disk is full; free space or write elsewhere (an earlier file of this name is unchanged)",
                    cause);
        }
        return new AlignException.Checkpoint(
                "%s: cannot be written (%s: %s); check that the folder exists and is writable"
                        .formatted(file, cause.getClass().getSimpleName(), reason),
                cause);
    }
}
