package org.align4j.data.rows;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// Writes a table as Parquet: columns of texts and whole numbers, none of them null, in plain
/// encoding. The library that reads Parquet doesn't write it, and the ones that do bring Hadoop
/// along; a flat table needs little. Belongs to one thread.
public final class ParquetOutput implements AutoCloseable {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    /// Bytes of a row group, before compression, that are held in memory.
    private static final int GROUP = 8 << 20;

    private static final int PLAIN = 0;
    private static final int RLE = 3;

    private final OutputStream out;
    private final List<Column> columns;
    private final Codec codec;
    private final List<ByteArrayOutputStream> pending;
    private final List<ThriftStruct> groups = new ArrayList<>();
    private int pendingRows;
    private long rows;
    private long written;

    /// What a column holds.
    public enum ColumnType {
        TEXT(6),
        INTEGER(1);

        private final int id;

        ColumnType(int id) {
            this.id = id;
        }
    }

    public record Column(String name, ColumnType type) {}

    /// How pages are compressed.
    public enum Codec {
        NONE(0),
        GZIP(2),
        ZSTD(6);

        private final int id;

        Codec(int id) {
            this.id = id;
        }

        private byte[] compress(byte[] page) throws IOException {
            return switch (this) {
                case NONE -> page;
                case GZIP -> {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                        gzip.write(page);
                    }
                    yield bytes.toByteArray();
                }
                case ZSTD -> Zstd.compress(page, 1);
            };
        }
    }

    /// @param out where the file goes; closed with this
    public ParquetOutput(OutputStream out, List<Column> columns, Codec codec) throws IOException {
        this.out = out;
        this.columns = List.copyOf(columns);
        this.codec = codec;
        this.pending =
                columns.stream().map(column -> new ByteArrayOutputStream()).toList();
        put(MAGIC);
    }

    /// Appends a row.
    ///
    /// @param values one a column: a [String] or an [Integer]
    /// @throws IllegalArgumentException for a value that its column doesn't hold
    public void row(Object... values) throws IOException {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(values.length + " values for " + columns.size() + " columns");
        }
        int bytes = 0;
        for (int i = 0; i < values.length; i++) {
            ColumnType type = columns.get(i).type();
            if (type == ColumnType.TEXT && values[i] instanceof String text) {
                byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                number(encoded.length, pending.get(i));
                pending.get(i).writeBytes(encoded);
            } else if (type == ColumnType.INTEGER && values[i] instanceof Integer number) {
                number(number, pending.get(i));
            } else {
                throw new IllegalArgumentException(columns.get(i) + " can't hold " + values[i]);
            }
            bytes += pending.get(i).size();
        }
        pendingRows++;
        if (bytes >= GROUP) {
            group();
        }
    }

    /// Writes what is pending, and what the file says about itself.
    @Override
    public void close() throws IOException {
        group();
        List<ThriftStruct> schema = new ArrayList<>();
        schema.add(new ThriftStruct().text(4, "schema").integer(5, columns.size()));
        columns.forEach(column -> schema.add(element(column)));
        byte[] footer = new ThriftStruct()
                .integer(1, 1)
                .structs(2, schema)
                .integer64(3, rows)
                .structs(4, groups)
                .text(6, "align4j")
                .bytes();
        put(footer);
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        number(footer.length, end);
        end.writeBytes(MAGIC);
        put(end.toByteArray());
        out.close();
    }

    private static ThriftStruct element(Column column) {
        ThriftStruct element =
                new ThriftStruct().integer(1, column.type().id).integer(3, 0).text(4, column.name());
        return switch (column.type()) {
            case TEXT -> element.integer(6, 0).struct(10, new ThriftStruct().struct(1, new ThriftStruct()));
            case INTEGER -> element;
        };
    }

    /// A row group: a page a column.
    private void group() throws IOException {
        if (pendingRows == 0) {
            return;
        }
        List<ThriftStruct> chunks = new ArrayList<>();
        long whole = 0;
        for (int i = 0; i < columns.size(); i++) {
            byte[] page = pending.get(i).toByteArray();
            pending.get(i).reset();
            byte[] compressed = codec.compress(page);
            byte[] header = new ThriftStruct()
                    .integer(1, 0)
                    .integer(2, page.length)
                    .integer(3, compressed.length)
                    .struct(
                            5,
                            new ThriftStruct()
                                    .integer(1, pendingRows)
                                    .integer(2, PLAIN)
                                    .integer(3, RLE)
                                    .integer(4, RLE))
                    .bytes();
            long offset = written;
            put(header);
            put(compressed);
            whole += header.length + page.length;
            ThriftStruct facts = new ThriftStruct()
                    .integer(1, columns.get(i).type().id)
                    .integers(2, List.of(PLAIN, RLE))
                    .texts(3, List.of(columns.get(i).name()))
                    .integer(4, codec.id)
                    .integer64(5, pendingRows)
                    .integer64(6, header.length + (long) page.length)
                    .integer64(7, header.length + (long) compressed.length)
                    .integer64(9, offset);
            chunks.add(new ThriftStruct().integer64(2, offset).struct(3, facts));
        }
        groups.add(new ThriftStruct().structs(1, chunks).integer64(2, whole).integer64(3, pendingRows));
        rows += pendingRows;
        pendingRows = 0;
    }

    private void put(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    /// Four bytes, the lowest first.
    private static void number(int value, ByteArrayOutputStream to) {
        to.write(value);
        to.write(value >>> 8);
        to.write(value >>> 16);
        to.write(value >>> 24);
    }
}
