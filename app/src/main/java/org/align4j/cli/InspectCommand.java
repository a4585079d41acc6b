package org.align4j.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.checkpoint.ModelDescription;
import org.align4j.checkpoint.ModelSource;
import org.align4j.config.Configuration;
import org.align4j.data.rows.RowFormat;
import org.align4j.error.AlignException;
import org.align4j.peft.AdapterConfigFile;
import org.align4j.peft.AdapterDirectory;
import org.align4j.pipeline.DataFacts;
import org.align4j.run.RunFiles;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SupervisedData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `align4j inspect`: the facts of a model or of data, and what training sees of the data.
@Command(
        name = "inspect",
        description = {
            "Show the facts of a model, or of data.",
            "",
            "With --model or --config, data is shown as `align4j sft` trains on it: token by token, the trained ones"
                    + " set off."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  align4j inspect model.gguf",
            "  align4j inspect train.jsonl --model model.gguf --set data.loss_on=all",
            "  align4j inspect --config sft.yaml --examples 1 --table"
        })
final class InspectCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PATH",
            description = "A model directory, a GGUF file, a run, an adapter, or a data file, folder or pattern.")
    private Optional<String> path = Optional.empty();

    @Option(names = "--model", paramLabel = "MODEL", description = "Its tokenizer and template encode the data.")
    private Optional<Path> model = Optional.empty();

    @Option(names = "--config", paramLabel = "FILE", description = "Settings of `align4j sft`: model and data.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides one setting, e.g. --set data.format=alpaca. May be repeated.")
    private List<String> overrides = List.of();

    @Option(names = "--examples", paramLabel = "N", description = "Rows or examples shown. Default: 3.")
    private int examples = 3;

    @Option(names = "--table", description = "One line a token, with its id.")
    private boolean table;

    @Override
    public void run() {
        PrintWriter out = Align4j.out(spec);
        if (path.isEmpty() && config.isEmpty()) {
            throw new AlignException.Config("inspect: nothing to show; name a model or data, or give --config");
        }
        if (path.isPresent() && model.isEmpty() && config.isEmpty() && isModel(path.get())) {
            Path place = Path.of(path.get());
            ModelFacts facts = new ModelFacts(out);
            AdapterDirectory.at(place).ifPresent(facts::print);
            try (ModelDescription description = describe(place)) {
                facts.print(description);
            }
            return;
        }
        SftConfig settings = settings();
        DataFacts facts = DataFacts.of(settings.data(), examples);
        boolean encoded = model.isPresent() || config.isPresent();
        DataPrinter printer = new DataPrinter(out);
        printer.print(facts, !encoded);
        if (encoded) {
            try (ModelDescription description = describe(settings.model())) {
                SupervisedData data = SupervisedData.load(
                        settings.data(),
                        settings.seed(),
                        description.tokenizer(),
                        description.template(),
                        description.config().architecture());
                printer.print(data, description.tokenizer(), examples, style());
            }
        }
    }

    /// The model there; of an adapter its base.
    private static ModelDescription describe(Path path) {
        return ModelDescription.read(
                AdapterDirectory.at(path).map(AdapterDirectory::base).orElse(path));
    }

    private DataPrinter.Style style() {
        if (table) {
            return DataPrinter.Style.TABLE;
        }
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
                ? DataPrinter.Style.COLOURED
                : DataPrinter.Style.PLAIN;
    }

    /// The settings that `align4j sft` would have; without a model one that nothing reads.
    private SftConfig settings() {
        List<String> all = new ArrayList<>();
        path.ifPresent(name -> all.add("data.train=[" + quoted(name) + "]"));
        model.ifPresent(name -> all.add("model=" + quoted(name.toString())));
        if (model.isEmpty() && config.isEmpty()) {
            all.add("model=none");
        }
        all.addAll(overrides);
        return config.map(file -> Configuration.read(SftConfig.class, file, all))
                .orElseGet(() -> Configuration.of(SftConfig.class, all));
    }

    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }

    /// Whether `name` is, or by its name would be, a model and not data.
    private static boolean isModel(String name) {
        if (name.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0) && !Files.exists(Path.of(name))) {
            return false;
        }
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            return Files.exists(path.resolve("config.json"))
                    || Files.exists(path.resolve(AdapterConfigFile.NAME))
                    || new RunFiles(path).exists();
        }
        return Files.exists(path)
                ? ModelSource.isGguf(path)
                : RowFormat.byName(path.toString()).isEmpty();
    }
}
