package org.align4j.data.rows;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.Source;
import org.jspecify.annotations.Nullable;

/// One record of a file.
///
/// @param source file, and line or row
/// @param fields values by column in the file's order: String, Boolean, Number, List, Map, or null
///     where the file says null
/// @param continued whether the next row goes on with this one's text, see [ReadOptions#pieceBytes]
public record Row(Source source, Map<String, @Nullable Object> fields, boolean continued) {
    /// A whole record.
    public Row(Source source, Map<String, @Nullable Object> fields) {
        this(source, fields, false);
    }

    public Row {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// The truth value that a cell holds: tables without types have texts for them, and nothing for
    /// false.
    ///
    /// @return empty where it holds none
    public static Optional<Boolean> truth(@Nullable Object value) {
        return switch (String.valueOf(value).strip()) {
            case "true", "True", "1", "1.0" -> Optional.of(true);
            case "false", "False", "0", "0.0", "", "null" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    public String file() {
        return source.file();
    }

    public long line() {
        return source.line();
    }
}
