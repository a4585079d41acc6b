package org.align4j.data.flan;

import java.util.List;
import java.util.regex.Pattern;
import org.align4j.data.flan.task.TaskData;

/// Names tasks or families: `*` stands for any text.
///
/// @param text as it stands in a recipe
public record TaskPattern(String text, Pattern glob) {
    public static TaskPattern of(String text) {
        return new TaskPattern(text, Pattern.compile("\\Q" + text.replace("*", "\\E.*\\Q") + "\\E"));
    }

    static List<TaskPattern> all(List<String> texts) {
        return texts.stream().map(TaskPattern::of).toList();
    }

    /// Whether it names a task or its family.
    public boolean fits(TaskData task) {
        return glob.matcher(task.name()).matches()
                || glob.matcher(task.family()).matches();
    }

    /// What stands before the first slash: the name of a set of tasks, if it is one.
    String set() {
        return text.replaceFirst("/.*", "");
    }
}
