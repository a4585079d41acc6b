package org.align4j.data.format;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.DataReport;
import org.align4j.data.Prompt;
import org.align4j.data.SkipReason;
import org.align4j.data.Task;
import org.align4j.data.rows.Row;

/// Makes prompts to be answered of rows: `prompt` (text, or a list of messages), `messages` without
/// the assistant's last turns, or `instruction` with `input`.
public final class TaskReader {
    private static final Set<String> COLUMNS = Set.of("prompt", "system", "tools", "messages", "instruction", "input");

    private final Map<String, String> columns;
    private final List<String> needed;
    private final DataReport report;

    /// @param columns our column: theirs, a path, or a template, as in [FormatOptions]
    /// @param needed columns of the file that every row must have, such as the expected answer's
    /// @throws org.align4j.error.AlignException.Config when `columns` maps to a column that is none
    ///     of ours
    public TaskReader(Map<String, String> columns, List<String> needed, DataReport report) {
        FormatOptions.checkColumns(columns.keySet(), COLUMNS);
        this.columns = columns;
        this.needed = List.copyOf(needed);
        this.report = report;
    }

    /// The task in a row, or empty and an entry in the report.
    public Optional<Task> read(Row row) {
        try {
            Prompt prompt = PromptReader.prompt(new Columns(row, columns));
            for (String name : needed) {
                Object value = row.fields().get(name);
                if (value == null || (value instanceof String text && text.isBlank())) {
                    throw new RowFault(
                            SkipReason.MISSING_COLUMN,
                            "no \"" + name + "\", which a reward compares with; name another column there");
                }
            }
            report.use();
            return Optional.of(new Task(prompt, row.fields(), row.source()));
        } catch (RowFault fault) {
            report.skip(fault.reason(), row.source(), String.valueOf(fault.getMessage()));
            return Optional.empty();
        }
    }
}
