package org.align4j.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.align4j.data.DataChecks;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Split;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.encode.ExampleEncoder;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.rows.DataFiles;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.Tokenizer;

/// The tokenized examples of a supervised run.
///
/// @param files every file that was read
/// @param notes what a user should read: counts, then warnings
public record SupervisedData(
        List<TokenizedExample> train, List<TokenizedExample> evaluation, List<Path> files, List<String> notes) {
    /// Reads, checks, splits and encodes.
    ///
    /// @throws AlignException.Data for unusable rows, all of them together, unless they are to be skipped
    public static SupervisedData load(
            DataConfig config, long seed, Tokenizer tokenizer, Optional<ChatTemplate> template) {
        Optional<ChatRenderer> renderer =
                template.map(chat -> ChatRenderer.of(chat, ChatTemplate.Options.conversation()));
        List<String> notes = new ArrayList<>();
        DataReport report = new DataReport();
        List<Example> all = read(config, config.train(), report);
        Split split = config.eval().isEmpty() ? Split.of(all, heldOut(config), seed) : new Split(all, List.of());
        ExampleEncoder encoder = new ExampleEncoder(tokenizer, renderer, config.encoding(), report);
        List<TokenizedExample> train = encoder.encodeAll(split.train());
        List<TokenizedExample> evaluation = encoder.encodeAll(split.evaluation());
        finish("data", report, config, notes::add);
        if (config.eval().isEmpty()) {
            notes.addAll(DataChecks.of(split.train(), split.evaluation()).warnings());
        } else {
            DataReport evalReport = new DataReport();
            List<Example> evalExamples = read(config, config.eval(), evalReport);
            evaluation = new ExampleEncoder(tokenizer, renderer, config.encoding(), evalReport).encodeAll(evalExamples);
            finish("eval data", evalReport, config, notes::add);
            notes.addAll(DataChecks.of(all, evalExamples).warnings());
        }
        List<Path> files = new ArrayList<>(DataFiles.resolve(config.train()));
        if (!config.eval().isEmpty()) {
            files.addAll(DataFiles.resolve(config.eval()));
        }
        return new SupervisedData(train, evaluation, files, notes);
    }

    private static void finish(String what, DataReport report, DataConfig config, Consumer<String> notes) {
        report.check(config.onError());
        notes.accept(what + ": " + report.summary());
    }

    private static Split.HeldOut heldOut(DataConfig config) {
        if (config.evalCount() > 0) {
            return new Split.Count(config.evalCount());
        }
        return config.evalFraction() > 0 ? new Split.Fraction(config.evalFraction()) : new Split.None();
    }

    private static List<Example> read(DataConfig config, List<String> names, DataReport report) {
        List<Example> examples = new ArrayList<>();
        ExampleReader reader = new ExampleReader(config.forms(), report);
        try (Rows rows = Rows.open(names, config.reading(), report)) {
            while (rows.hasNext() && (config.limit() == 0 || examples.size() < config.limit())) {
                reader.read(rows.next()).ifPresent(examples::add);
            }
        }
        return examples;
    }
}
