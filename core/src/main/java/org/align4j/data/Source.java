package org.align4j.data;

/// Where a record came from.
///
/// @param file the file's path as the user named it
/// @param line 1-based line in a text file, 1-based row in a JSON array or a Parquet file
public record Source(String file, long line) {
    /// For examples that come from no file, as in tests and generated data.
    public static Source memory(long index) {
        return new Source("memory", index);
    }

    /// `file:line`, the place that error messages start with.
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
