package org.align4j.data.rows;

import java.util.Iterator;
import java.util.Optional;

/// Rows that are made, not read from a file.
final class MadeRows implements RowReader {
    private final Iterator<Row> rows;
    private final Runnable close;
    private long line;

    MadeRows(Iterator<Row> rows, Runnable close) {
        this.rows = rows;
        this.close = close;
    }

    @Override
    public Optional<Row> next() {
        if (!rows.hasNext()) {
            return Optional.empty();
        }
        line++;
        return Optional.of(rows.next());
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public void close() {
        close.run();
    }
}
