package org.align4j.data.rows;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.PqStruct;
import dev.hardwood.row.StructAccessor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.Source;
import org.jspecify.annotations.Nullable;

/// Parquet, with lists, structs and maps as Java's. The line of a row is its 1-based number.
final class ParquetRows implements RowReader {
    private final String file;
    private final DataReport report;
    private final ParquetFileReader reader;
    private final dev.hardwood.reader.RowReader rows;
    private long row;

    /// Opens a file; one that is compressed as a whole is read into memory first.
    ParquetRows(String name, Path path, DataReport report) throws IOException {
        this.file = name;
        this.report = report;
        try {
            this.reader = ParquetFileReader.open(input(path));
            this.rows = reader.rowReader();
        } catch (RuntimeException e) {
            throw broken(e);
        }
    }

    private static InputFile input(Path path) throws IOException {
        if (!Input.isCompressed(path)) {
            return InputFile.of(path);
        }
        try (BufferedInputStream bytes = Input.open(path)) {
            return InputFile.of(ByteBuffer.wrap(bytes.readAllBytes()));
        }
    }

    @Override
    public Optional<Row> next() throws IOException {
        try {
            if (!rows.hasNext()) {
                return Optional.empty();
            }
            rows.next();
            Map<String, @Nullable Object> fields = fields(rows);
            row++;
            report.read();
            return Optional.of(new Row(new Source(file, row), fields));
        } catch (RuntimeException e) {
            throw broken(e);
        }
    }

    // The reader throws many kinds of exceptions on damaged pages.
    private static IOException broken(RuntimeException e) {
        return new IOException("broken Parquet: " + e.getMessage(), e);
    }

    private static Map<String, @Nullable Object> fields(StructAccessor struct) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < struct.getFieldCount(); i++) {
            fields.put(struct.getFieldName(i), struct.isNull(i) ? null : plain(struct.getValue(i)));
        }
        return fields;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case PqStruct struct -> fields(struct);
            case PqList list -> {
                List<@Nullable Object> values = new ArrayList<>();
                for (int i = 0; i < list.size(); i++) {
                    values.add(list.isNull(i) ? null : plain(list.get(i)));
                }
                yield values;
            }
            case PqMap map -> {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                for (PqMap.Entry entry : map.getEntries()) {
                    values.put(String.valueOf(entry.getKey()), entry.isValueNull() ? null : plain(entry.getValue()));
                }
                yield values;
            }
            case null -> null;
            default -> value;
        };
    }

    @Override
    public long line() {
        return row + 1;
    }

    @Override
    public void close() throws IOException {
        rows.close();
        reader.close();
    }
}
