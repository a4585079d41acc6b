package org.align4j.run;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.zip.CRC32C;
import org.align4j.error.AlignException;

/// Writes scalars and texts as TensorBoard event files: TFRecord framing around `tensorflow.Event`
/// messages.
///
/// A record is its length (8 bytes), the length's masked CRC32C, the message, and the message's
/// masked CRC32C, all little-endian. A resumed run opens a file of its own, whose start record
/// makes TensorBoard drop later steps.
public final class TensorBoard implements AutoCloseable {
    // field numbers of tensorflow/core/util/event.proto and framework/summary.proto
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION_LOG = 7;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int VALUE_TENSOR = 8;
    private static final int VALUE_METADATA = 9;
    private static final int SESSION_STATUS = 1;
    private static final int SESSION_START = 1;
    private static final int TENSOR_DTYPE = 1;
    private static final int TENSOR_SHAPE = 2;
    private static final int TENSOR_STRING = 8;
    private static final int DTYPE_STRING = 7;

    private final Path file;
    private final OutputStream out;
    private final Clock clock;

    /// Begins a new event file in `folder`.
    ///
    /// @param firstStep steps done before; what earlier files say after it is void
    /// @param clock for wall times, which TensorBoard shows and nothing computes with
    public TensorBoard(Path folder, long firstStep, Clock clock) {
        this.clock = clock;
        this.file = unused(folder, clock.instant().getEpochSecond());
        try {
            Files.createDirectories(folder);
            this.out = new BufferedOutputStream(Files.newOutputStream(file));
        } catch (IOException e) {
            throw failure(e);
        }
        record(event(0).text(EVENT_FILE_VERSION, "brain.Event:2"));
        if (firstStep > 0) {
            // values of the very step resumed from were not lost
            record(event(firstStep + 1)
                    .message(EVENT_SESSION_LOG, new ProtoMessage().integer(SESSION_STATUS, SESSION_START)));
        }
    }

    /// A number, such as a loss.
    public void scalar(String tag, double value, long step) {
        summary(step, new ProtoMessage().text(VALUE_TAG, tag).float32(VALUE_SIMPLE, (float) value));
    }

    /// Markdown for TensorBoard's text tab.
    public void text(String tag, String markdown, long step) {
        ProtoMessage shape = new ProtoMessage().message(2, new ProtoMessage().integer(1, 1));
        ProtoMessage tensor = new ProtoMessage()
                .integer(TENSOR_DTYPE, DTYPE_STRING)
                .message(TENSOR_SHAPE, shape)
                .text(TENSOR_STRING, markdown);
        ProtoMessage metadata = new ProtoMessage().message(1, new ProtoMessage().text(1, "text"));
        summary(
                step,
                new ProtoMessage()
                        .text(VALUE_TAG, tag)
                        .message(VALUE_TENSOR, tensor)
                        .message(VALUE_METADATA, metadata));
    }

    /// Hands what was written to the system, so that a running TensorBoard sees it.
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void summary(long step, ProtoMessage value) {
        record(event(step).message(EVENT_SUMMARY, new ProtoMessage().message(SUMMARY_VALUE, value)));
    }

    private ProtoMessage event(long step) {
        return new ProtoMessage()
                .float64(EVENT_WALL_TIME, clock.millis() / 1000.0)
                .integer(EVENT_STEP, step);
    }

    private void record(ProtoMessage message) {
        byte[] body = message.bytes();
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(body.length)
                .array();
        try {
            out.write(length);
            out.write(maskedChecksum(length));
            out.write(body);
            out.write(maskedChecksum(body));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// TFRecord's mask: the checksum rotated right by 15 bits plus a constant.
    private static byte[] maskedChecksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        int masked = Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked)
                .array();
    }

    /// TensorBoard reads files in the order of their names.
    private static Path unused(Path folder, long seconds) {
        int part = 0;
        Path file;
        do {
            file = folder.resolve("events.out.tfevents.%010d.align4j.%d".formatted(seconds, part++));
        } while (Files.exists(file));
        return file;
    }

    private AlignException failure(IOException e) {
        return new AlignException.Checkpoint(file + ": cannot be written: " + e.getMessage(), e);
    }
}
