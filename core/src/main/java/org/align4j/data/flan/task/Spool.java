package org.align4j.data.flan.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// Examples on disk, found again by their place: what memory holds doesn't grow with the data. The
/// file has no name once it is open, so that nothing is left of it however the program ends.
/// Written by one thread, read by any.
final class Spool implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final FileChannel channel;
    private ByteBuffer pending = ByteBuffer.allocateDirect(BUFFER);
    private long flushed;

    private Spool(FileChannel channel) {
        this.channel = channel;
    }

    /// An empty one in `folder`, which is made if it isn't there.
    static Spool in(Path folder) {
        try {
            Files.createDirectories(folder);
            return new Spool(FileChannel.open(
                    folder.resolve(".spool-" + UUID.randomUUID()),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": no temporary file can be made here", e);
        }
    }

    /// Appends a record and tells its place.
    long append(byte[] bytes, int length) {
        long place = flushed + pending.position();
        if (length > pending.remaining()) {
            flush();
        }
        if (length > pending.capacity()) {
            pending = ByteBuffer.allocateDirect(length);
        }
        pending.put(bytes, 0, length);
        return place;
    }

    /// Writes what is pending: records are read only after this.
    void flush() {
        try {
            pending.flip();
            flushed += pending.limit();
            while (pending.hasRemaining()) {
                channel.write(pending);
            }
            pending.clear();
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary file of examples cannot be written; is the disk full?", e);
        }
    }

    /// Reads `length` bytes at `place` into `bytes`.
    void read(long place, byte[] bytes, int length) {
        try {
            ByteBuffer target = ByteBuffer.wrap(bytes, 0, length);
            while (target.hasRemaining()) {
                if (channel.read(target, place + target.position()) < 0) {
                    throw new IllegalStateException("the temporary file of examples ends too early");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary file of examples cannot be read", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
