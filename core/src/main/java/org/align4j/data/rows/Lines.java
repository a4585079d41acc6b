package org.align4j.data.rows;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Lines of bytes, so that one line that is not UTF-8 spoils no other.
final class Lines implements Closeable {
    /// A longer line is no line: most likely the file is something else.
    private static final int LONGEST = 1 << 28;

    private final BufferedInputStream bytes;
    private long number;

    Lines(BufferedInputStream bytes) {
        this.bytes = bytes;
    }

    /// The next line without its line break, or empty at the end.
    Optional<byte[]> next() throws IOException {
        int value = bytes.read();
        if (value < 0) {
            return Optional.empty();
        }
        number++;
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        while (value >= 0 && value != '\n') {
            if (line.size() >= LONGEST) {
                throw new IOException("a line longer than 256 MiB; is this a text file?");
            }
            line.write(value);
            value = bytes.read();
        }
        byte[] content = line.toByteArray();
        boolean carriageReturn = content.length > 0 && content[content.length - 1] == '\r';
        return Optional.of(carriageReturn ? java.util.Arrays.copyOf(content, content.length - 1) : content);
    }

    /// 1-based number of the line that [#next()] gave last.
    long number() {
        return number;
    }

    /// The text of a line.
    ///
    /// @throws CharacterCodingException when it is not UTF-8
    static String decode(byte[] line) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
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
