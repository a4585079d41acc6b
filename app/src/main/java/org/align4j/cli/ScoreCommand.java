package org.align4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.align4j.data.DataReport;
import org.align4j.data.OnError;
import org.align4j.data.encode.ComparisonEncoder;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.format.ComparisonOptions;
import org.align4j.data.format.ComparisonReader;
import org.align4j.data.preference.Comparison;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.rl.EnsembleScores;
import org.align4j.rl.EvaluationPlot;
import org.align4j.rl.JudgedScores;
import org.align4j.rl.RewardEvaluation;
import org.align4j.rl.Scorer;
import org.align4j.run.Interruption;
import org.align4j.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `align4j score`: what reward models think of outputs; with labels, how often they agree.
@Command(
        name = "score",
        description = "Score outputs with a reward model or a policy's implicit reward, choose the best, compare with"
                + " labels.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Rows have prompt and outputs, or prompt and completion, or are comparisons of any form.",
            "Several models are an ensemble: scores are means, beside their standard deviation.",
            "Examples:",
            "  align4j score --model runs/reward --data outputs.jsonl --best --output best.jsonl",
            "  align4j score --model runs/reward --data held-out.jsonl --plots plots",
            "  align4j score --model runs/dpo --implicit --data held-out.jsonl"
        })
final class ScoreCommand implements Runnable {
    /// Rows between two looks at the clock.
    private static final int AT_ONCE = 32;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            required = true,
            split = ",",
            paramLabel = "M",
            description = "A directory, adapter or run of a reward model (with --implicit, a policy); several are an"
                    + " ensemble.")
    private List<Path> models = List.of();

    @Mixin
    private ImplicitOptions implicit = new ImplicitOptions();

    @Mixin
    private ComputeOptions compute = new ComputeOptions();

    @Option(names = "--data", required = true, split = ",", paramLabel = "FILE", description = "Files with outputs.")
    private List<String> data = List.of();

    @Option(names = "--output", paramLabel = "FILE", description = "Where to write scores, as JSONL.")
    private Optional<Path> output = Optional.empty();

    @Option(names = "--best", description = "Write prompt and completion of the best output only (best-of-n).")
    private boolean best;

    @Option(names = "--raw", description = "Raw scores, not moved by reward_normalisation.json.")
    private boolean raw;

    @Option(names = "--plots", paramLabel = "DIR", description = "Where to write reliability.svg and margins.svg.")
    private Optional<Path> plots = Optional.empty();

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description =
                    "Longer outputs, with their prompts, are left out. Default: what the model has positions for.")
    private int maxLength;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Tokens that are scored at once. Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 4096;

    @Option(names = "--limit", paramLabel = "N", description = "Rows at most; 0 for all. Default: 0.")
    private int limit;

    @Option(names = "--on-error", paramLabel = "WHAT", description = "fail or skip: rows that cannot be used.")
    private OnError onError = OnError.FAIL;

    /// What was left out, for each model.
    private final List<String> problems = new ArrayList<>();

    /// Whether a model read conversations rather than texts.
    private boolean chat;

    @Override
    public void run() {
        Interruption interruption = Interruption.onSignals(() -> {});
        EnsembleScores scores = new EnsembleScores();
        for (Path model : models) {
            score(model, scores, interruption);
        }
        if (interruption.requested()) {
            throw new CancellationException("interrupted");
        }
        PrintWriter out = Align4j.out(spec);
        problems.forEach(line -> spec.commandLine().getErr().println(line));
        output.ifPresent(file -> write(file, scores));
        describe(scores, out);
        out.flush();
    }

    private List<Comparison> read(DataReport report) {
        List<Comparison> comparisons = new ArrayList<>();
        ComparisonReader reader = new ComparisonReader(ComparisonOptions.DEFAULT.withEmpty(true), report);
        try (Rows rows = Rows.open(data, ReadOptions.DEFAULT, report)) {
            while (rows.hasNext() && (limit == 0 || comparisons.size() < limit)) {
                reader.read(rows.next()).ifPresent(comparisons::add);
            }
        }
        return comparisons;
    }

    /// Reads the data for each model anew: what it can't score is counted among all of them.
    private void score(Path path, EnsembleScores scores, Interruption interruption) {
        DataReport report = new DataReport();
        List<Comparison> comparisons = read(report);
        try (Scope scope = Scope.open();
                Scorer model = implicit.load(path, compute.type(), compute.device());
                ItemProgress progress = ItemProgress.onStandardError()) {
            int longest = maxLength > 0
                    ? maxLength
                    : model.loaded().model().architecture().maxPositions();
            EncodeOptions options = EncodeOptions.upTo(longest)
                    .withTruncate(EncodeOptions.Truncate.DROP)
                    .withChat(model.renderer().isPresent());
            List<TokenizedComparison> tokenized = new ComparisonEncoder(
                            model.loaded().tokenizer(), model.renderer(), options, report)
                    .encodeAll(comparisons);
            report.check(onError);
            if (models.size() > 1 && !report.problems().isEmpty()) {
                problems.add(path + ":");
            }
            problems.addAll(report.problems());
            chat |= options.chat().orElse(false);
            progress.started(path.toString(), tokenized.size(), 0);
            for (int from = 0; from < tokenized.size() && !interruption.requested(); from += AT_ONCE) {
                List<TokenizedComparison> part = tokenized.subList(from, Math.min(tokenized.size(), from + AT_ONCE));
                List<float[]> found = model.score(
                        part.stream().map(TokenizedComparison::outputs).toList(), maxTokens, () -> false);
                for (int i = 0; i < part.size(); i++) {
                    double shift = raw ? 0 : model.normalised(0);
                    scores.add(JudgedScores.of(part.get(i), found.get(i)).plus(shift));
                }
                progress.done(part.size());
            }
        }
    }

    private void write(Path file, EnsembleScores scores) {
        try (WholeFile lines = WholeFile.create(file)) {
            for (EnsembleScores.Scored scored : scores.all(models.size())) {
                ScoredRow row = new ScoredRow(scored, chat);
                lines.line(JsonMapper.shared().writeValueAsString(best ? row.best() : row.all(models.size() > 1)));
            }
            lines.publish();
        }
    }

    private void describe(EnsembleScores scores, PrintWriter out) {
        List<EnsembleScores.Scored> all = scores.all(models.size());
        output.ifPresent(file -> out.println("Wrote " + all.size() + " rows to " + file));
        if (models.size() > 1) {
            out.printf(
                    java.util.Locale.ROOT,
                    "disagreement (standard deviation over the models, mean): %.3f%n",
                    EnsembleScores.disagreement(all));
        }
        RewardEvaluation found = RewardEvaluation.of(
                all.stream().map(EnsembleScores.Scored::mean).toList());
        if (found.pairs() + found.ties() == 0) {
            return;
        }
        EvaluationText.lines(found).forEach(out::println);
        plots.ifPresent(folder -> plot(folder, found));
    }

    private static void plot(Path folder, RewardEvaluation found) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("reliability.svg"), EvaluationPlot.reliability(found));
            Files.writeString(folder.resolve("margins.svg"), EvaluationPlot.margins(found));
        } catch (IOException e) {
            throw new AlignException.Config(
                    folder + ": cannot be written (" + e.getMessage() + "); name another with --plots", e);
        }
    }
}
