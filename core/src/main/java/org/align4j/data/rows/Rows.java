package org.align4j.data.rows;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.align4j.data.DataReport;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;

/// The rows of several files, one after another, read as they are asked for. Rows and files that
/// cannot be read are entered in the report and passed over: call [DataReport#check] at the end,
/// which refuses such data unless told to skip.
public final class Rows implements Iterator<Row>, AutoCloseable {
    private final Iterator<Path> files;
    private final ReadOptions options;
    private final DataReport report;
    private Optional<Path> path = Optional.empty();
    private Optional<RowReader> reader = Optional.empty();
    private Optional<Row> ahead = Optional.empty();

    private Rows(List<Path> files, ReadOptions options, DataReport report) {
        this.files = files.iterator();
        this.options = options;
        this.report = report;
    }

    /// Opens what `names` stand for: files, directories or globs.
    ///
    /// @throws AlignException.Data when a name stands for no file
    public static Rows open(List<String> names, ReadOptions options, DataReport report) {
        return new Rows(DataFiles.resolve(names), options, report);
    }

    /// Rows that are made as they are asked for, by what enters them in the report itself.
    ///
    /// @param close is run at the end
    public static Rows of(Iterator<Row> made, Runnable close, DataReport report) {
        Rows rows = new Rows(List.of(), ReadOptions.DEFAULT, report);
        rows.reader = Optional.of(new MadeRows(made, close));
        return rows;
    }

    /// The rest of the rows; closing the stream closes the files.
    public Stream<Row> stream() {
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(this::close);
    }

    @Override
    public boolean hasNext() {
        while (ahead.isEmpty() && (reader.isPresent() || files.hasNext())) {
            advance();
        }
        return ahead.isPresent();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more rows");
        }
        Row row = ahead.orElseThrow();
        ahead = Optional.empty();
        return row;
    }

    private void advance() {
        try {
            if (reader.isEmpty()) {
                path = Optional.of(files.next());
                reader = Optional.of(open(path.get()));
            }
            ahead = reader.get().next();
            if (ahead.isEmpty()) {
                close();
            }
        } catch (IOException e) {
            report.skip(
                    SkipReason.UNREADABLE_FILE,
                    new Source(
                            path.map(Path::toString).orElse(""),
                            reader.map(RowReader::line).orElse(1L)),
                    reason(e));
            close();
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.io.EOFException end -> "the file ends too early; it was cut off: fetch it again";
            case CharacterCodingException coding -> "not valid UTF-8; save the file as UTF-8";
            case java.nio.file.AccessDeniedException denied -> "may not be read; check its permissions";
            case java.util.zip.ZipException zip -> "broken gzip (" + zip.getMessage() + "); fetch it again";
            case com.github.luben.zstd.ZstdIOException zstd ->
                "broken zstd (" + zstd.getMessage() + "); fetch it again";
            default -> String.valueOf(e.getMessage());
        };
    }

    private RowReader open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("not a regular file");
        }
        String name = file.toString();
        RowFormat format = format(file);
        if (format == RowFormat.PARQUET) {
            return new ParquetRows(name, file, report);
        }
        BufferedInputStream bytes = Input.open(file);
        try {
            return switch (format) {
                case JSONL -> new JsonLinesReader(name, new Lines(bytes), report);
                case JSON -> new JsonReader(name, Input.text(bytes), report);
                case CSV -> new CsvRows(name, Input.text(bytes), options, report);
                case TSV -> new TsvRows(name, new Lines(bytes), options, report);
                case TEXT -> new TextRows(name, bytes, options, report);
                case PARQUET -> throw new IllegalStateException("opened above");
            };
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    private RowFormat format(Path file) throws IOException {
        if (options.format().isPresent()) {
            return options.format().get();
        }
        byte[] head;
        try (BufferedInputStream bytes = Input.open(file)) {
            head = Input.peek(bytes, 1 << 16);
        }
        return RowFormat.detect(file.getFileName().toString(), head)
                .orElseThrow(() -> new IOException("neither name nor content tells the format; name it "
                        + RowFormat.known() + " or set data.file_format"));
    }

    /// Closes the file that is open.
    @Override
    public void close() {
        try {
            if (reader.isPresent()) {
                reader.get().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            reader = Optional.empty();
        }
    }
}
