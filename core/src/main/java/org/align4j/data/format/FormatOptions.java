package org.align4j.data.format;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// How rows are read as examples.
///
/// @param format the form, or [DataFormat#AUTO]
/// @param columns where the form's columns come from, such as `prompt: question`. The value is a
///     column of the file, a path into one (`instances.0.output`), or a text with columns in braces
///     (`"Question: {question}\nAnswer:"`; a brace itself is doubled: `{{`)
/// @param endMark taken off the end of completions and texts, where data spell out an end-of-text
///     mark that training adds itself; empty: nothing is taken off
public record FormatOptions(DataFormat format, Map<String, String> columns, String endMark) {
    /// Recognise the form; take `<|endoftext|>` off.
    public static final FormatOptions DEFAULT = new FormatOptions(DataFormat.AUTO, Map.of(), "<|endoftext|>");

    /// @throws AlignException.Config when `columns` maps to a column that no form has
    public FormatOptions {
        columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        checkColumns(columns.keySet(), DataFormat.allColumns());
    }

    /// @throws AlignException.Config when a mapping names a column that no form has
    static void checkColumns(Set<String> mapped, Set<String> known) {
        Problems problems = new Problems();
        for (String column : mapped) {
            if (!known.contains(column)) {
                String hint = Problems.nearest(column, known)
                        .map(nearest -> "; did you mean " + nearest + "?")
                        .orElse("");
                problems.add("data.columns." + column + ": not one of " + known + hint);
            }
        }
        problems.throwIfAny(
                "data.columns: (its keys are the form's columns, its values the file's)", AlignException.Config::new);
    }

    public FormatOptions withFormat(DataFormat chosen) {
        return new FormatOptions(chosen, columns, endMark);
    }

    public FormatOptions withColumns(Map<String, String> mapping) {
        return new FormatOptions(format, mapping, endMark);
    }
}
