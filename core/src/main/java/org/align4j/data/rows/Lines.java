package org.align4j.data.rows;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Lines of bytes, so that one line that is not UTF-8 spoils no other.
final class Lines implements Closeable {
    /// A longer line is no line: most likely the file is something else.
    private static final int LONGEST = 1 << 28;

    private final InputStream bytes;

    // Whole stretches are searched for line ends: asking the stream byte by byte takes most of the time otherwise.
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private long number;

    Lines(BufferedInputStream bytes) {
        this.bytes = bytes;
    }

    /// The next line without its line break, or empty at the end.
    Optional<byte[]> next() throws IOException {
        if (at == end && !fill()) {
            return Optional.empty();
        }
        number++;
        int stop = lineEnd();
        if (stop < end) {
            byte[] line = content(Arrays.copyOfRange(buffer, at, stop));
            at = stop + 1;
            return Optional.of(line);
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream(2 * (end - at));
        do {
            if (line.size() > LONGEST) {
                throw new IOException("a line longer than 256 MiB; is this a text file?");
            }
            stop = lineEnd();
            line.write(buffer, at, stop - at);
            at = stop;
        } while (stop == end && fill());
        // the line break itself, where the file doesn't end before it
        at = Math.min(at + 1, end);
        return Optional.of(content(line.toByteArray()));
    }

    /// Where the line break is, or the end of what is read.
    private int lineEnd() {
        int stop = at;
        while (stop < end && buffer[stop] != '\n') {
            stop++;
        }
        return stop;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, bytes.read(buffer, 0, buffer.length));
        return end > 0;
    }

    private static byte[] content(byte[] line) {
        boolean carriageReturn = line.length > 0 && line[line.length - 1] == '\r';
        return carriageReturn ? Arrays.copyOf(line, line.length - 1) : line;
    }

    /// 1-based number of the line that [#next()] gave last.
    long number() {
        return number;
    }

    /// The text of a line.
    ///
    /// @throws CharacterCodingException when it is not UTF-8
    static String decode(byte[] line) throws CharacterCodingException {
        String text = new String(line, StandardCharsets.UTF_8);
        // what isn't UTF-8 becomes this character; the decoder that tells them apart is slow
        return text.indexOf('\uFFFD') < 0
                ? text
                : StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(line))
                        .toString();
    }

    /// What to tell of a text that [#decode] refuses.
    static String notUtf8(byte[] text) {
        ByteBuffer bytes = ByteBuffer.wrap(text);
        StandardCharsets.UTF_8.newDecoder().decode(bytes, CharBuffer.allocate(text.length), true);
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < bytes.position(); i++) {
            if (text[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        String where = line == 1 ? "" : " of the text's line " + line;
        return "byte " + (bytes.position() - lineStart + 1) + where + " is not valid UTF-8; save the file as UTF-8";
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
