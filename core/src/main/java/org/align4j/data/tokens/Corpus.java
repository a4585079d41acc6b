package org.align4j.data.tokens;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.Example.PlainText;
import org.align4j.data.OnError;
import org.align4j.data.SkipReason;
import org.align4j.data.format.DataFormat;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;

/// The documents of text files in their order, read as they are asked for. Long documents come in
/// pieces, so that a file need not fit into memory.
public final class Corpus implements Iterator<Corpus.Piece>, AutoCloseable {
    private static final int PIECE_BYTES = 1 << 20;

    private final DataReport report = new DataReport();
    private final Rows rows;
    private final ExampleReader reader;
    private final OnError onError;
    private Optional<Piece> ahead = Optional.empty();
    private boolean begun;

    /// A document, or a part of a long one.
    ///
    /// @param last whether the document ends with it
    public record Piece(String text, boolean last) {}

    /// Where documents come from.
    ///
    /// @param files files, folders or patterns
    /// @param reading how files are read
    /// @param forms which column holds the text
    /// @param onError whether the first unusable row ends all
    public record Settings(List<String> files, ReadOptions reading, FormatOptions forms, OnError onError) {
        public Settings {
            files = List.copyOf(files);
            reading = reading.pieceBytes() > 0 ? reading : reading.withPieceBytes(PIECE_BYTES);
            forms = forms.withFormat(DataFormat.TEXT);
        }

        /// Every format by its name, the text in the column `text`, nothing unusable.
        public static Settings of(List<String> files) {
            return new Settings(files, ReadOptions.DEFAULT, FormatOptions.DEFAULT, OnError.FAIL);
        }
    }

    private Corpus(Settings settings) {
        rows = Rows.open(settings.files(), settings.reading(), report);
        reader = new ExampleReader(settings.forms(), report);
        onError = settings.onError();
    }

    /// Opens the files.
    ///
    /// @throws AlignException.Data when a name stands for no file
    public static Corpus open(Settings settings) {
        return new Corpus(settings);
    }

    @Override
    public boolean hasNext() {
        while (ahead.isEmpty() && rows.hasNext()) {
            ahead = piece(rows.next());
            if (report.faults() > 0 && onError == OnError.FAIL) {
                // a corpus takes long to read: its first fault ends it
                break;
            }
        }
        if (ahead.isEmpty() || (report.faults() > 0 && onError == OnError.FAIL)) {
            report.check(onError);
        }
        return ahead.isPresent();
    }

    @Override
    public Piece next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more documents");
        }
        Piece piece = ahead.orElseThrow();
        ahead = Optional.empty();
        return piece;
    }

    private Optional<Piece> piece(Row row) {
        Optional<String> text = text(row);
        boolean last = !row.continued();
        // the end of a document that has begun must not get lost with a broken piece
        Optional<Piece> piece =
                text.isPresent() || (begun && last) ? Optional.of(new Piece(text.orElse(""), last)) : Optional.empty();
        begun = !last && (begun || text.isPresent());
        return piece;
    }

    private Optional<String> text(Row row) {
        if (!(reader.read(row).orElse(null) instanceof PlainText document)) {
            return Optional.empty();
        }
        int zero = document.text().indexOf('\0');
        if (zero >= 0) {
            String fault = "character " + (zero + 1) + " is a zero: this is a binary file, not text";
            report.skip(SkipReason.BROKEN_ROW, row.source(), fault);
            return Optional.empty();
        }
        report.use();
        return Optional.of(document.text());
    }

    /// What was read and left out so far.
    public DataReport report() {
        return report;
    }

    @Override
    public void close() {
        rows.close();
    }
}
