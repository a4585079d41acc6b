package org.align4j.train.sft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.align4j.data.DataChecks;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Split;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.encode.ExampleEncoder;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.model.Architecture;
import org.align4j.run.RunEvent;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.Positions;

/// The tokenized examples of a supervised run.
///
/// @param evaluation examples that are never trained on; may be none
/// @param notes counts that a user should read
/// @param warnings what is doubtful about the data
public record SupervisedData(
        List<TokenizedExample> train, List<TokenizedExample> evaluation, List<String> notes, List<String> warnings) {
    /// Reads, checks, splits and encodes.
    ///
    /// @param template of the model that it is encoded for, if it has one
    /// @throws AlignException.Data for unusable rows, all of them together, unless they are to be
    ///     skipped
    public static SupervisedData load(
            DataConfig config,
            long seed,
            Tokenizer tokenizer,
            Optional<ChatTemplate> template,
            Architecture architecture) {
        DataReport report = new DataReport();
        List<Example> examples = read(config, config.train(), report);
        if (!config.eval().isEmpty()) {
            DataReport evalReport = new DataReport();
            List<Example> evalExamples = read(config, config.eval(), evalReport);
            return of(
                    config, tokenizer, template, architecture, new Split<>(examples, evalExamples), report, evalReport);
        }
        Split<Example> split = Split.of(examples, Split.heldOut(config.evalCount(), config.evalFraction()), seed);
        return of(config, tokenizer, template, architecture, split, report, report);
    }

    private static SupervisedData of(
            DataConfig config,
            Tokenizer tokenizer,
            Optional<ChatTemplate> template,
            Architecture architecture,
            Split<Example> split,
            DataReport report,
            DataReport evalReport) {
        Optional<ChatRenderer> renderer =
                template.map(chat -> ChatRenderer.of(chat, ChatTemplate.Options.conversation()));
        List<TokenizedExample> train =
                new ExampleEncoder(tokenizer, renderer, config.encoding(), report).encodeAll(split.train());
        List<TokenizedExample> evaluation =
                new ExampleEncoder(tokenizer, renderer, config.encoding(), evalReport).encodeAll(split.evaluation());
        List<String> notes = new ArrayList<>();
        report.check(config.onError());
        notes.add("data: " + report.summary());
        if (evalReport != report) {
            evalReport.check(config.onError());
            notes.add("eval data: " + evalReport.summary());
        }
        if (evaluation.isEmpty() && !split.evaluation().isEmpty()) {
            throw new AlignException.Data("data: none of the held-out examples can be used; hold out more of them,"
                    + " or raise data.max_length\n" + evalReport.summary());
        }
        List<String> warnings =
                new ArrayList<>(DataChecks.of(split.train(), split.evaluation()).warnings());
        int longest = Stream.concat(train.stream(), evaluation.stream())
                .mapToInt(TokenizedExample::length)
                .max()
                .orElse(0);
        Positions.check(longest, architecture).ifPresent(warnings::add);
        return new SupervisedData(train, evaluation, notes, warnings);
    }

    private static List<Example> read(DataConfig config, List<String> names, DataReport report) {
        List<Example> examples = new ArrayList<>();
        ExampleReader reader = new ExampleReader(config.forms(), report);
        try (Rows rows = config.open(names, report)) {
            while (rows.hasNext() && (config.limit() == 0 || examples.size() < config.limit())) {
                reader.read(rows.next()).ifPresent(examples::add);
            }
        }
        if (report.rowsRead() == 0) {
            throw new AlignException.Data(String.join(", ", names) + ": no rows; name files that hold some");
        }
        return examples;
    }

    /// Notes and warnings, for a run to tell.
    public List<RunEvent> news() {
        List<RunEvent> news = new ArrayList<>();
        notes.forEach(note -> news.add(new RunEvent.Noted(note)));
        warnings.forEach(warning -> news.add(new RunEvent.Warned(warning)));
        return news;
    }

    /// The evaluation's examples, or those trained on where there are none.
    List<TokenizedExample> heldOutFirst() {
        return evaluation.isEmpty() ? train : evaluation;
    }
}
