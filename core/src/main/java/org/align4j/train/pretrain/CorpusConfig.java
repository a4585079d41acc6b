package org.align4j.train.pretrain;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.OnError;
import org.align4j.data.format.DataFormat;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.DataFiles;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.RowFormat;
import org.align4j.data.rows.TextUnit;
import org.align4j.data.tokens.Corpus;
import org.align4j.error.Require;

/// Which text a model is pretrained on.
///
/// @param train files, folders or patterns
/// @param eval files to evaluate on; empty: a share of the documents of `train` is held out
/// @param evalFraction that share; 0: none
/// @param evalTokens tokens of an evaluation at most, from the start of what is held out; 0 for all
/// @param tokens folder for the files of tokens; empty: `tokens` in the run's folder
/// @param fileTokens tokens after which a new file of tokens begins
/// @param fileFormat of all files; empty: by each file's name, then by its content
/// @param columns `text`: the column that holds it, a path, or a text with columns in braces
/// @param textUnit what one document is in a plain text file
/// @param onError whether the first unusable row ends the run
public record CorpusConfig(
        List<String> train,
        List<String> eval,
        double evalFraction,
        long evalTokens,
        Optional<Path> tokens,
        long fileTokens,
        Optional<RowFormat> fileFormat,
        Map<String, String> columns,
        TextUnit textUnit,
        OnError onError) {
    public CorpusConfig {
        train = List.copyOf(train);
        eval = List.copyOf(eval);
        columns = Map.copyOf(columns);
        Require.that(!train.isEmpty(), "train must name at least one file");
        Require.that(evalFraction >= 0 && evalFraction < 1, "eval_fraction must be in [0, 1), got " + evalFraction);
        Require.atLeast("eval_tokens", evalTokens, 0);
        Require.atLeast("file_tokens", fileTokens, 1);
    }

    /// A hundredth of the documents held out.
    public static CorpusConfig defaults(List<String> train) {
        return new CorpusConfig(
                train,
                List.of(),
                0.01,
                200_000,
                Optional.empty(),
                1L << 27,
                Optional.empty(),
                Map.of(),
                TextUnit.AUTO,
                OnError.FAIL);
    }

    /// Every file that is read.
    List<Path> files() {
        List<String> names = new ArrayList<>(train);
        names.addAll(eval);
        return DataFiles.resolve(names);
    }

    /// The documents of some files.
    Corpus.Settings corpus(List<String> names) {
        ReadOptions whole = ReadOptions.DEFAULT.withTextUnit(textUnit);
        return new Corpus.Settings(
                names,
                fileFormat.map(whole::withFormat).orElse(whole),
                new FormatOptions(DataFormat.TEXT, columns, FormatOptions.DEFAULT.endMark()),
                onError);
    }
}
