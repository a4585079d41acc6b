package org.align4j.data.rows;

import java.util.List;
import java.util.Optional;
import org.align4j.error.AlignException;

/// How files are read.
///
/// @param format the format of all files; empty: by each file's name, then by its content
/// @param header column names of CSV and TSV files that have no header line; empty: the first line
/// @param delimiter of CSV
/// @param textUnit what one document is in plain text
/// @param mark the line that parts documents in plain text
/// @param pieceBytes longer documents of plain text are given in several rows, about as long as
///     this, cut before a line break behind a word; 0: every document is one row, which must fit
///     into memory
public record ReadOptions(
        Optional<RowFormat> format,
        List<String> header,
        char delimiter,
        TextUnit textUnit,
        String mark,
        int pieceBytes) {
    /// Everything detected.
    public static final ReadOptions DEFAULT =
            new ReadOptions(Optional.empty(), List.of(), ',', TextUnit.AUTO, "<|endoftext|>", 0);

    /// @throws AlignException.Config when header names repeat or the delimiter cannot be one
    public ReadOptions {
        header = List.copyOf(header);
        if (header.stream().distinct().count() < header.size()) {
            throw new AlignException.Config("data.header: a name appears twice in " + header + "; make them different");
        }
        if (delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
            throw new AlignException.Config("data.delimiter: cannot be a quote or a line break; use , ; or a tab");
        }
    }

    public ReadOptions withFormat(RowFormat chosen) {
        return new ReadOptions(Optional.of(chosen), header, delimiter, textUnit, mark, pieceBytes);
    }

    public ReadOptions withHeader(List<String> names) {
        return new ReadOptions(format, names, delimiter, textUnit, mark, pieceBytes);
    }

    public ReadOptions withDelimiter(char between) {
        return new ReadOptions(format, header, between, textUnit, mark, pieceBytes);
    }

    public ReadOptions withTextUnit(TextUnit unit) {
        return new ReadOptions(format, header, delimiter, unit, mark, pieceBytes);
    }

    public ReadOptions withPieceBytes(int bytes) {
        return new ReadOptions(format, header, delimiter, textUnit, mark, bytes);
    }
}
