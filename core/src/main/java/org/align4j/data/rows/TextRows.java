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

/// Documents of plain text in the column `text`; see [TextUnit] for what one document is. The line of
/// a document is its first; blank documents are passed over.
final class TextRows implements RowReader {
    private final String file;
    private final Lines lines;
    private final TextUnit unit;
    private final String mark;
    private final DataReport report;

    TextRows(String file, BufferedInputStream bytes, ReadOptions options, DataReport report) throws IOException {
        this.file = file;
        this.mark = options.mark();
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
            boolean more = collect(document);
            Optional<Row> row = row(document.toByteArray(), new Source(file, first));
            if (row.isPresent() || !more) {
                return row;
            }
        }
    }

    /// Adds the lines of one document; false at the end of the file.
    private boolean collect(ByteArrayOutputStream document) throws IOException {
        for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (unit == TextUnit.MARK
                    && new String(line.get(), StandardCharsets.UTF_8).strip().equals(mark)) {
                return true;
            }
            document.writeBytes(line.get());
            if (unit == TextUnit.LINE) {
                return true;
            }
            document.write('\n');
        }
        return false;
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
            return Optional.of(new Row(source, fields));
        } catch (CharacterCodingException e) {
            report.read();
            report.skip(SkipReason.BROKEN_ROW, source, "not valid UTF-8; save the file as UTF-8");
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
