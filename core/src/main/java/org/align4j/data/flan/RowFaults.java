package org.align4j.data.flan;

import java.util.ArrayList;
import java.util.List;
import org.align4j.data.DataReport;
import org.align4j.data.OnError;
import org.align4j.data.SkipReason;
import org.align4j.data.flan.task.TaskData;
import org.align4j.error.AlignException;

/// Rows of tasks that cannot be used.
final class RowFaults {
    /// Tasks without usable rows that are named; the rest are counted.
    private static final int NAMED = 8;

    private RowFaults() {}

    /// A line for every kind of fault.
    ///
    /// @throws AlignException.Data when there are any and `onError` is [OnError#FAIL]
    static List<String> check(List<TaskData> tasks, OnError onError) {
        List<String> lines = new ArrayList<>();
        for (SkipReason reason : SkipReason.values()) {
            long count = 0;
            List<String> examples = new ArrayList<>();
            for (TaskData task : tasks) {
                DataReport.Tally tally = task.report().skipped(reason);
                count += tally.count();
                examples.addAll(tally.examples());
            }
            if (count > 0) {
                lines.add("left out: " + reason.description() + ": " + count + " rows, first " + examples.getFirst());
            }
        }
        if (!lines.isEmpty() && onError == OnError.FAIL) {
            throw new AlignException.Data("tasks have rows that cannot be used; correct them, or set on_error: skip\n  "
                    + String.join("\n  ", lines));
        }
        List<String> empty = tasks.stream()
                .filter(task -> task.size() == 0)
                .map(TaskData::name)
                .toList();
        if (!empty.isEmpty()) {
            String named = String.join(", ", empty.subList(0, Math.min(NAMED, empty.size())));
            lines.add("tasks without a usable row, left out: " + empty.size() + " (" + named
                    + (empty.size() > NAMED ? ", …" : "") + ")");
        }
        return lines;
    }
}
