package org.align4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.error.AlignException;
import org.align4j.evaluate.EvaluationSet;
import org.align4j.evaluate.EvaluationSettings;
import org.align4j.evaluate.EvaluationTable;
import org.align4j.evaluate.Evaluator;
import org.align4j.evaluate.SetFile;
import org.align4j.evaluate.SetResult;
import org.align4j.evaluate.Windows;
import org.align4j.generate.Sampling;
import org.align4j.peft.ModelLoading;
import org.align4j.run.DurableFiles;
import org.align4j.run.Interruption;
import org.align4j.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j evaluate`: measures models on sets.
@Command(
        name = "evaluate",
        description = {
            "Measure models on sets and compare them.",
            "",
            "A set is a data file, [KIND:]FILE. Kinds: gsm8k (question, answer; the last number counts), choices (context,"
                    + " options, which is right; by log-likelihood), answers (prompt and completion, or conversations),"
                    + " text (perplexity). Without a kind the columns tell.",
            "",
            "The folder of --output holds what each model put out and results.md and results.json. Run again, an"
                    + " interrupted evaluation goes on."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  align4j evaluate --model MODEL gsm8k:test.jsonl --limit 200",
            "  align4j evaluate --model BASE --model runs/first choices:arc.jsonl text:story.txt --output before-after"
        })
final class EvaluateCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "M",
            description = "A model directory, a GGUF file, or a run (its newest checkpoint). May be repeated: each is"
                    + " compared with the first.")
    private List<Path> models = List.of();

    @Parameters(arity = "1..*", paramLabel = "SET", description = "What to measure on: [KIND:]FILE.")
    private List<String> sets = List.of();

    @Mixin
    private ComputeOptions compute = new ComputeOptions();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder of results and outputs. Default: ${DEFAULT-VALUE}.")
    private Path output = Path.of("evaluation");

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N items of each set.")
    private Optional<Integer> limit = Optional.empty();

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "The longest answer, in tokens. Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 256;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "0 always takes the best token; above it answers are drawn. Default: 0.")
    private double temperature;

    @Option(names = "--raw", description = "Ask without the model's chat template.")
    private boolean raw;

    @Option(
            names = "--window",
            paramLabel = "N",
            description = "Tokens of context for perplexity, half overlapping. Default: the model's, at most 2048.")
    private Optional<Integer> window = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "Of drawn answers and of the bootstrap. Default: 0.")
    private long seed;

    @Override
    public void run() {
        if (limit.isPresent() && limit.get() < 1) {
            throw new AlignException.Config("--limit: " + limit.get() + " is out of range; give at least 1");
        }
        EvaluationSettings settings = new EvaluationSettings(
                Sampling.defaults().with(changed -> {
                    changed.temperature = temperature;
                    changed.seed = seed;
                }),
                maxTokens,
                raw,
                window.map(size -> new Windows(size, Math.max(1, size / 2))),
                seed);
        List<EvaluationSet> chosen = chosen();
        List<String> names = names();
        // a wrong path is told before hours of work on the models before it
        List<Path> folders = models.stream().map(ModelLoading::folderOf).toList();
        Interruption interruption = Interruption.onSignals(() -> {});
        List<SetResult> results = new ArrayList<>();
        try (ItemProgress progress = ItemProgress.onStandardError()) {
            for (int i = 0; i < models.size(); i++) {
                progress.line("model " + folders.get(i));
                try (Scope scope = Scope.open();
                        LoadedModel loaded = compute.load(models.get(i))) {
                    Evaluator evaluator = new Evaluator(
                            loaded,
                            names.get(i),
                            settings,
                            Optional.of(output.resolve(names.get(i))),
                            progress,
                            interruption::requested);
                    chosen.forEach(set -> results.add(evaluator.run(set)));
                }
            }
        }
        EvaluationTable table = new EvaluationTable(results, seed);
        write("results.json", table.json());
        write("results.md", table.markdown());
        Align4j.out(spec).print(table.markdown());
        Align4j.out(spec).println("\n" + output.resolve("results.md"));
    }

    private List<EvaluationSet> chosen() {
        List<EvaluationSet> chosen = new ArrayList<>();
        for (String name : sets) {
            EvaluationSet set = SetFile.read(name);
            if (chosen.stream().anyMatch(other -> other.name().equals(set.name()))) {
                throw new AlignException.Config(
                        name + ": another set is called " + set.name() + ", too; rename one of the files");
            }
            chosen.add(limit.map(set::first).orElse(set));
        }
        return chosen;
    }

    /// The models by the shortest ends of their paths that tell them apart.
    private List<String> names() {
        if (models.stream().map(EvaluateCommand::whole).distinct().count() < models.size()) {
            throw new AlignException.Config("--model: one is named twice; name each once");
        }
        int parts = 1;
        while (names(parts).stream().distinct().count() < models.size()) {
            parts++;
        }
        return names(parts);
    }

    private List<String> names(int parts) {
        return models.stream().map(model -> end(whole(model), parts)).toList();
    }

    private static Path whole(Path model) {
        return model.toAbsolutePath().normalize();
    }

    private static String end(Path path, int parts) {
        int count = path.getNameCount();
        return path.subpath(Math.max(0, count - parts), count).toString().replace('/', '-');
    }

    private void write(String name, String content) {
        try {
            Files.createDirectories(output);
            DurableFiles.write(output.resolve(name), content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Checkpoint(
                    output + ": cannot be written: " + e.getMessage() + "; free some space or name another --output",
                    e);
        }
    }
}
