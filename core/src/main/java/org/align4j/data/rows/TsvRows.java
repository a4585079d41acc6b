package org.align4j.data.rows;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;

/// One row a line, cells between tabs. Quotes are ordinary characters; the two characters `\n` in a
/// cell are a line break, other backslashes stay. (Quoted tab-separated files are CSV with
/// `delimiter: "\t"`.)
final class TsvRows implements RowReader {
    private final String file;
    private final Lines lines;
    private final DataReport report;
    private List<String> names;

    TsvRows(String file, Lines lines, ReadOptions options, DataReport report) {
        this.file = file;
        this.lines = lines;
        this.report = report;
        this.names = options.header();
    }

    @Override
    public Optional<Row> next() throws IOException {
        for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
            Source source = new Source(file, lines.number());
            String text;
            try {
                text = Lines.decode(line.get());
            } catch (CharacterCodingException e) {
                report.read();
                report.skip(SkipReason.BROKEN_ROW, source, Lines.notUtf8(line.get()));
                continue;
            }
            if (text.isBlank()) {
                continue;
            }
            List<String> cells = Arrays.stream(text.split("\t", -1))
                    .map(cell -> cell.replace("\\n", "\n"))
                    .toList();
            if (names.isEmpty()) {
                names = cells;
                if (names.stream().distinct().count() < names.size()) {
                    throw new IOException("a column name appears twice in the header " + names);
                }
                continue;
            }
            Optional<Row> row = TableRow.of(names, cells, source, report);
            if (row.isPresent()) {
                return row;
            }
        }
        return Optional.empty();
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
