package org.align4j.cli;

import java.nio.file.Path;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j export`: a model without what training it needs.
@Command(
        name = "export",
        description = "Write a model as a Hugging Face directory, in another type if wanted, without the state of training.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j export --model runs/first --output model --dtype bf16"})
final class ExportCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "A new folder for the model.")
    private Path output = Path.of(".");

    @Override
    public void run() {
        try (Scope scope = Scope.open();
                LoadedModel loaded = model.load()) {
            new HfModel(loaded.model(), loaded.config())
                    .save(output, loaded.tokenizer(), loaded.model().dtype());
        }
        Align4j.out(spec).println("Wrote " + output);
    }
}
