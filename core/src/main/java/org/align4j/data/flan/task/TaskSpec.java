package org.align4j.data.flan.task;

import java.util.List;

/// A set of tasks in a recipe (`tasks.NAME`): one task a file, called `NAME/FILE` without the
/// file's suffixes.
///
/// @param files files, folders or patterns; `{data}` is the recipe's data folder, `{recipe}` the
///     recipe's own
/// @param format how they are read
/// @param joined all files are one task, called `NAME`
/// @param family what the tasks belong to; empty: see `families`
/// @param families beginnings of file names: a task belongs to the longest that fits, otherwise to
///     itself
/// @param language of the tasks, where rows don't say
/// @param definition what the task is, in the words of an instruction; Natural Instructions files
///     have their own
/// @param choices the answers to choose from, where rows don't have their own
/// @param templates the set of templates; empty: the format's
/// @param endMark text that ends a target in the files and is taken off
/// @param optional missing files leave the tasks out instead of stopping
/// @param limit rows of a task that are used at most, from its start; 0 for all
public record TaskSpec(
        List<String> files,
        TaskFormat format,
        boolean joined,
        String family,
        List<String> families,
        String language,
        String definition,
        List<String> choices,
        String templates,
        String endMark,
        boolean optional,
        int limit) {
    public TaskSpec {
        files = List.copyOf(files);
        families = List.copyOf(families);
        choices = List.copyOf(choices);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("files must name at least one file");
        }
        if (joined && format instanceof TaskFormat.NaturalInstructions) {
            throw new IllegalArgumentException(
                    "joined must be false for natural_instructions: each file has a definition of its own");
        }
        if (limit < 0) {
            throw new IllegalArgumentException("limit must be ≥ 0, got " + limit);
        }
    }

    public static TaskSpec defaults(List<String> files, TaskFormat format) {
        return new TaskSpec(files, format, false, "", List.of(), "en", "", List.of(), "", "<|endoftext|>", false, 0);
    }

    /// The same with no more than the first `rows` of a task.
    public TaskSpec upTo(int rows) {
        return new TaskSpec(
                files,
                format,
                joined,
                family,
                families,
                language,
                definition,
                choices,
                templates,
                endMark,
                optional,
                limit == 0 ? rows : Math.min(limit, rows));
    }

    /// The set of templates in use.
    public String templateSet() {
        return templates.isEmpty() ? format.templateSet() : templates;
    }
}
