package org.align4j.data.rows;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.jspecify.annotations.Nullable;

/// Documents of plain text in the column `text`; see [TextUnit] for what one document is. The line
/// of a document is its first; blank documents are passed over.
final class TextRows implements RowReader {
    private final String file;
    private final Lines lines;
    private final TextUnit unit;
    private final String mark;
    private final int pieceBytes;
    private final DataReport report;
    private Ended ended = Ended.WITH_DOCUMENT;

    /// Where a row ends.
    private enum Ended {
        WITH_DOCUMENT,
        IN_DOCUMENT,
        WITH_FILE
    }

    TextRows(String file, BufferedInputStream bytes, ReadOptions options, DataReport report) throws IOException {
        this.file = file;
        this.mark = options.mark();
        this.pieceBytes = options.pieceBytes();
        this.unit = options.textUnit() == TextUnit.AUTO ? detect(bytes, mark) : options.textUnit();
        this.lines = new Lines(bytes);
        this.report = report;
    }

    private static TextUnit detect(BufferedInputStream bytes, String mark) throws IOException {
        String head = new String(Input.peek(bytes, 1 << 16), StandardCharsets.UTF_8);
        return head.lines().anyMatch(line -> line.strip().equals(mark)) ? TextUnit.MARK : TextUnit.FILE;
    }

    @Override
    public Optional<Row> next() throws IOException {
        while (true) {
            long first = lines.number() + 1;
            ByteArrayOutputStream document = new ByteArrayOutputStream();
            if (ended == Ended.IN_DOCUMENT) {
                document.write('\n');
            }
            ended = collect(document);
            Optional<Row> row = row(document.toByteArray(), new Source(file, first));
            if (row.isPresent() || ended == Ended.WITH_FILE) {
                return row;
            }
        }
    }

    /// Adds the lines of one document, or of a piece of one.
    private Ended collect(ByteArrayOutputStream document) throws IOException {
        for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
            byte[] content = line.get();
            if (unit == TextUnit.MARK
                    && new String(content, StandardCharsets.UTF_8).strip().equals(mark)) {
                return Ended.WITH_DOCUMENT;
            }
            document.writeBytes(content);
            if (unit == TextUnit.LINE) {
                return Ended.WITH_DOCUMENT;
            }
            boolean tooLong = pieceBytes > 0 && document.size() >= pieceBytes;
            // a word can't go on here: tokens are the same as if nothing were cut
            if (tooLong && content.length > 0 && (content[content.length - 1] & 0xff) > ' ') {
                return Ended.IN_DOCUMENT;
            }
            document.write('\n');
        }
        return Ended.WITH_FILE;
    }

    private Optional<Row> row(byte[] document, Source source) {
        try {
            String text = Lines.decode(document);
            if (text.isBlank()) {
                return Optional.empty();
            }
            report.read();
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("text", text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
            return Optional.of(new Row(source, fields, ended == Ended.IN_DOCUMENT));
        } catch (CharacterCodingException e) {
            report.read();
            report.skip(SkipReason.BROKEN_ROW, source, Lines.notUtf8(document));
            return Optional.empty();
        }
    }

    @Override
    public long line() {
        return lines.number();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
