package org.align4j.data.rows;

/// What one document is in a plain text file (`data.text_unit`).
public enum TextUnit {
    /// [#MARK] where a line of the first 64 KiB is the mark, otherwise [#FILE].
    AUTO,
    /// The whole file.
    FILE,
    /// Each line that is not blank.
    LINE,
    /// What stands between lines that hold the end-of-text mark alone.
    MARK
}
