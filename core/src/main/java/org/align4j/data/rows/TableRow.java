package org.align4j.data.rows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.jspecify.annotations.Nullable;

/// Joins the cells of a line of a table with the names of its columns.
final class TableRow {
    private TableRow() {}

    /// The row, or empty (and a fault in the report) when there are too many or too few cells.
    static Optional<Row> of(List<String> names, List<String> cells, Source source, DataReport report) {
        report.read();
        if (names.size() != cells.size()) {
            report.skip(
                    SkipReason.BROKEN_ROW,
                    source,
                    cells.size() + " cells where the header has " + names.size()
                            + " columns; check delimiter and quotes");
            return Optional.empty();
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            fields.put(names.get(i), cells.get(i));
        }
        return Optional.of(new Row(source, fields));
    }
}
