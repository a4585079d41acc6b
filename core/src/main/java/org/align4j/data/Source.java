package org.align4j.data;

import java.util.List;
import java.util.stream.Collectors;

/// Where a record came from.
///
/// @param file the file's path as the user named it
/// @param line 1-based line in a text file, 1-based row in a JSON array or a Parquet file
public record Source(String file, long line) {
    private static final int NAMED = 8;

    /// For examples that come from no file, as in tests and generated data.
    public static Source memory(long index) {
        return new Source("memory", index);
    }

    /// The first few of `sources`, for messages.
    public static String few(List<Source> sources) {
        return sources.stream().distinct().limit(NAMED).map(Source::toString).collect(Collectors.joining(", "))
                + (sources.stream().distinct().count() > NAMED ? ", …" : "");
    }

    /// `file:line`, the place that error messages start with.
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
