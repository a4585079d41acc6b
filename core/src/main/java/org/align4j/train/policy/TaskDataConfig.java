package org.align4j.train.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.OnError;
import org.align4j.data.rows.DataFiles;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.RowFormat;
import org.align4j.error.Require;

/// Which prompts a policy learns on.
///
/// @param train files, folders or patterns
/// @param eval files to evaluate on; empty: a part of `train` is held out, see `evalCount`
/// @param evalCount prompts held out
/// @param limit prompts read at most, from the start of `train` and of `eval`; 0 for all
/// @param fileFormat of all files; empty: by each file's name, then by its content
/// @param columns our column: theirs, a path, or a template such as `"Question: {question}"`
/// @param system a system prompt for prompts that have none; empty for none
/// @param maxLength tokens of a prompt; longer ones are left out
/// @param chat whether prompts become conversations; empty: if the model has a chat template
/// @param onError whether unusable rows stop the run
/// @param shuffle whether each pass has an order of its own
public record TaskDataConfig(
        List<String> train,
        List<String> eval,
        int evalCount,
        int limit,
        Optional<RowFormat> fileFormat,
        Map<String, String> columns,
        String system,
        int maxLength,
        Optional<Boolean> chat,
        OnError onError,
        boolean shuffle) {
    public TaskDataConfig {
        train = List.copyOf(train);
        eval = List.copyOf(eval);
        columns = Map.copyOf(columns);
        Require.that(!train.isEmpty(), "train must name at least one file");
        Require.atLeast("eval_count", evalCount, 0);
        Require.atLeast("limit", limit, 0);
        Require.atLeast("max_length", maxLength, 1);
    }

    /// Everything detected, nothing held out.
    public static TaskDataConfig defaults(List<String> train) {
        return new TaskDataConfig(
                train, List.of(), 0, 0, Optional.empty(), Map.of(), "", 512, Optional.empty(), OnError.FAIL, true);
    }

    /// Every file that is read.
    List<Path> files() {
        List<String> names = new ArrayList<>(train);
        names.addAll(eval);
        return DataFiles.resolve(names);
    }

    boolean evaluates() {
        return !eval.isEmpty() || evalCount > 0;
    }

    ReadOptions reading() {
        return fileFormat.map(ReadOptions.DEFAULT::withFormat).orElse(ReadOptions.DEFAULT);
    }
}
