package org.align4j.data.rows;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/// Reads one file's rows. Rows that are broken by themselves are reported and passed over; what
/// breaks the rest of the file is thrown.
interface RowReader extends Closeable {
    /// The next row, or empty at the end of the file.
    ///
    /// @throws IOException when nothing after this place can be read
    Optional<Row> next() throws IOException;

    /// Line or row reached, for the message of an exception.
    long line();
}
