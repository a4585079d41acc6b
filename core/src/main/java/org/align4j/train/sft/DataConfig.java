package org.align4j.train.sft;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.OnError;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.flan.RecipeRows;
import org.align4j.data.format.DataFormat;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.RowFormat;
import org.align4j.data.rows.Rows;
import org.align4j.data.rows.TextUnit;
import org.align4j.error.Require;

/// Which examples a supervised run learns from.
///
/// @param train files, folders or patterns; or recipes of `align4j data mix` (`*.yaml`)
/// @param eval files to evaluate on; empty: a part of `train` is held out, see `evalCount` and
///     `evalFraction`
/// @param evalCount examples held out; 0: by `evalFraction`
/// @param evalFraction share of the examples held out; 0: none
/// @param limit examples read at most, from the start of `train` and of `eval`; 0 for all
/// @param fileFormat of all files; empty: by each file's name, then by its content
/// @param format form of the rows
/// @param columns our column: theirs, a path, or a template such as `"Question: {question}"`
/// @param header column names of CSV and TSV files without a header line
/// @param delimiter between the columns of a CSV file, one character
/// @param textUnit what one document is in a plain text file
/// @param endMark text that ends a completion in the file and is taken off
/// @param maxLength tokens of an example
/// @param truncate what happens to longer ones
/// @param lossOn which tokens are trained
/// @param chat whether prompt and completion become a conversation; empty: if the model has a chat
///     template
/// @param onError whether unusable rows stop the run
/// @param shuffle whether each epoch has an order of its own
public record DataConfig(
        List<String> train,
        List<String> eval,
        int evalCount,
        double evalFraction,
        int limit,
        Optional<RowFormat> fileFormat,
        DataFormat format,
        Map<String, String> columns,
        List<String> header,
        String delimiter,
        TextUnit textUnit,
        String endMark,
        int maxLength,
        EncodeOptions.Truncate truncate,
        EncodeOptions.LossOn lossOn,
        Optional<Boolean> chat,
        OnError onError,
        boolean shuffle) {
    public DataConfig {
        train = List.copyOf(train);
        eval = List.copyOf(eval);
        columns = Map.copyOf(columns);
        header = List.copyOf(header);
        Require.that(!train.isEmpty(), "train must name at least one file");
        Require.atLeast("eval_count", evalCount, 0);
        Require.that(evalFraction >= 0 && evalFraction < 1, "eval_fraction must be in [0, 1), got " + evalFraction);
        Require.atLeast("limit", limit, 0);
        Require.that(delimiter.length() == 1, "delimiter must be one character, got \"" + delimiter + "\"");
        Require.atLeast("max_length", maxLength, 2);
    }

    /// Everything detected, nothing held out.
    public static DataConfig defaults(List<String> train) {
        return new DataConfig(
                train,
                List.of(),
                0,
                0,
                0,
                Optional.empty(),
                DataFormat.AUTO,
                Map.of(),
                List.of(),
                ",",
                TextUnit.AUTO,
                FormatOptions.DEFAULT.endMark(),
                1024,
                EncodeOptions.Truncate.END,
                EncodeOptions.LossOn.COMPLETION,
                Optional.empty(),
                OnError.FAIL,
                true);
    }

    /// Every file that is read, those behind recipes among them.
    ///
    /// @throws org.align4j.error.AlignException.Data naming all that are missing
    public List<Path> files() {
        List<String> names = new ArrayList<>(train);
        names.addAll(eval);
        return RecipeRows.files(names);
    }

    /// Whether there is anything to evaluate on.
    public boolean evaluates() {
        return !eval.isEmpty() || evalCount > 0 || evalFraction > 0;
    }

    /// The rows of files, or the prompts of recipes (`*.yaml`).
    ///
    /// @param names some of `train` or `eval`
    public Rows open(List<String> names, DataReport report) {
        return RecipeRows.open(names, reading(), report);
    }

    /// How the files are read.
    public ReadOptions reading() {
        return new ReadOptions(fileFormat, header, delimiter.charAt(0), textUnit, ReadOptions.DEFAULT.mark(), 0);
    }

    /// How rows become examples.
    public FormatOptions forms() {
        return new FormatOptions(format, columns, endMark);
    }

    /// How examples become tokens.
    public EncodeOptions encoding() {
        return new EncodeOptions(chat, lossOn, maxLength, truncate);
    }
}
