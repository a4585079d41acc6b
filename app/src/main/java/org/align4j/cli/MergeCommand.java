package org.align4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.checkpoint.ModelSource;
import org.align4j.error.AlignException;
import org.align4j.peft.AttachedAdapter;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j merge`: folds an adapter into its base.
@Command(
        name = "merge",
        description = "Fold a LoRA or DoRA adapter into its base and write the whole model, in the base's type.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j merge --model BASE --adapter runs/first/checkpoints/step-100 --output merged"
        })
final class MergeCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "BASE",
            required = true,
            description = "The base: a model directory or a GGUF file.")
    private Path model = Path.of(".");

    @Option(names = "--adapter", paramLabel = "DIR", required = true, description = "The adapter's PEFT directory.")
    private Path adapter = Path.of(".");

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "A new folder for the model.")
    private Path output = Path.of(".");

    @Override
    public void run() {
        if (Files.exists(output)) {
            throw new AlignException.Config(output + ": exists already; name another folder with --output");
        }
        if (!Files.isDirectory(adapter)) {
            throw new AlignException.Checkpoint(adapter + ": no such folder; give the directory of a PEFT adapter");
        }
        ModelSource source = ModelSource.of(model);
        // a quantised file's own types can't hold the sum
        DType type = source instanceof ModelSource.GgufFile ? DType.BFLOAT16 : HfModel.storedType(source.path());
        try (Scope scope = Scope.open();
                LoadedModel base = LoadedModel.load(model, type, Device.CPU, false)) {
            AttachedAdapter.load(base.model(), model.toString(), adapter, false).merge();
            new HfModel(base.model(), base.config()).save(output, base.tokenizer(), type);
        }
        Align4j.out(spec).println(output);
    }
}
