package org.align4j.data.rows;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.Source;

/// CSV as in RFC 4180: quoted cells may hold delimiters and line breaks. The line of a row is the
/// one it starts on.
final class CsvRows implements RowReader {
    private final String file;
    private final DataReport report;
    private final CloseableIterator<CsvRecord> records;
    private List<String> names;
    private long line;

    CsvRows(String file, Reader text, ReadOptions options, DataReport report) {
        this.file = file;
        this.report = report;
        this.names = options.header();
        this.records = CsvReader.builder()
                .fieldSeparator(options.delimiter())
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .maxBufferSize(1 << 28)
                .ofCsvRecord(text)
                .iterator();
    }

    @Override
    public Optional<Row> next() throws IOException {
        try {
            while (records.hasNext()) {
                CsvRecord record = records.next();
                line = record.getStartingLineNumber();
                if (names.isEmpty()) {
                    names = List.copyOf(record.getFields());
                    if (names.stream().distinct().count() < names.size()) {
                        throw new IOException("a column name appears twice in the header " + names);
                    }
                    continue;
                }
                Optional<Row> row = TableRow.of(names, record.getFields(), new Source(file, line), report);
                if (row.isPresent()) {
                    return row;
                }
            }
            return Optional.empty();
        } catch (CsvParseException e) {
            throw new IOException(cause(e), e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static String cause(CsvParseException e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest instanceof java.nio.charset.CharacterCodingException
                ? "not valid UTF-8; save the file as UTF-8"
                : "broken CSV: " + deepest.getMessage();
    }

    @Override
    public long line() {
        return line + 1;
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
