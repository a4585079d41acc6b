package org.align4j.train.preference;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.OnError;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.format.ComparisonFormat;
import org.align4j.data.format.ComparisonOptions;
import org.align4j.data.rows.DataFiles;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.RowFormat;
import org.align4j.error.Require;

/// Which comparisons a run learns from.
///
/// @param train files, folders or patterns
/// @param eval files to evaluate on; empty: a part of `train` is held out, see `evalCount` and
///     `evalFraction`
/// @param evalCount comparisons held out; 0: by `evalFraction`
/// @param evalFraction share of the comparisons held out; 0: none
/// @param limit comparisons read at most, from the start of `train` and of `eval`; 0 for all
/// @param fileFormat of all files; empty: by each file's name, then by its content
/// @param format form of the rows
/// @param columns our column: theirs, a path, or a template such as `"Question: {question}"`
/// @param endMark text that ends an output in the file and is taken off
/// @param lowestRating lower ones are faults
/// @param highestRating higher ones are faults
/// @param allowEmpty whether an output may say nothing
/// @param maxLength tokens of a prompt with one output
/// @param truncate what happens to comparisons with a longer one
/// @param chat whether texts become conversations; empty: if the model has a chat template
/// @param onError whether unusable rows stop the run
/// @param shuffle whether each epoch has an order of its own
public record PreferenceDataConfig(
        List<String> train,
        List<String> eval,
        int evalCount,
        double evalFraction,
        int limit,
        Optional<RowFormat> fileFormat,
        ComparisonFormat format,
        Map<String, String> columns,
        String endMark,
        double lowestRating,
        double highestRating,
        boolean allowEmpty,
        int maxLength,
        EncodeOptions.Truncate truncate,
        Optional<Boolean> chat,
        OnError onError,
        boolean shuffle) {
    public PreferenceDataConfig {
        train = List.copyOf(train);
        eval = List.copyOf(eval);
        columns = Map.copyOf(columns);
        Require.that(!train.isEmpty(), "train must name at least one file");
        Require.atLeast("eval_count", evalCount, 0);
        Require.that(evalFraction >= 0 && evalFraction < 1, "eval_fraction must be in [0, 1), got " + evalFraction);
        Require.atLeast("limit", limit, 0);
        Require.atLeast("max_length", maxLength, 2);
    }

    /// Everything detected, nothing held out, too long comparisons left out.
    public static PreferenceDataConfig defaults(List<String> train) {
        return new PreferenceDataConfig(
                train,
                List.of(),
                0,
                0,
                0,
                Optional.empty(),
                ComparisonFormat.AUTO,
                Map.of(),
                ComparisonOptions.DEFAULT.endMark(),
                ComparisonOptions.DEFAULT.lowestRating(),
                ComparisonOptions.DEFAULT.highestRating(),
                false,
                1024,
                EncodeOptions.Truncate.DROP,
                Optional.empty(),
                OnError.FAIL,
                true);
    }

    /// Every file that is read.
    ///
    /// @throws org.align4j.error.AlignException.Data naming all that are missing
    public List<Path> files() {
        List<String> names = new ArrayList<>(train);
        names.addAll(eval);
        return DataFiles.resolve(names);
    }

    /// Whether there is anything to evaluate on.
    public boolean evaluates() {
        return !eval.isEmpty() || evalCount > 0 || evalFraction > 0;
    }

    /// How the files are read.
    public ReadOptions reading() {
        return fileFormat.map(ReadOptions.DEFAULT::withFormat).orElse(ReadOptions.DEFAULT);
    }

    /// How rows become comparisons.
    public ComparisonOptions forms() {
        return new ComparisonOptions(format, columns, endMark, lowestRating, highestRating, allowEmpty);
    }

    /// How outputs become tokens.
    public EncodeOptions encoding() {
        return new EncodeOptions(chat, EncodeOptions.LossOn.COMPLETION, maxLength, truncate);
    }
}
