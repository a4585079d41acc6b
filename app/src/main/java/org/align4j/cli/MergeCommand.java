package org.align4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.checkpoint.ModelSource;
import org.align4j.error.AlignException;
import org.align4j.model.Heads;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import org.align4j.peft.AdapterDirectory;
import org.align4j.peft.AttachedAdapter;
import org.align4j.rl.PadToken;
import org.align4j.rl.RewardNormalisation;
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
            "Examples:",
            "  align4j merge --adapter runs/first --output merged",
            "  align4j merge --model BASE --adapter runs/first/checkpoints/step-100 --output merged"
        })
final class MergeCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "BASE",
            description = "The base: a model directory or a GGUF file. Default: what the adapter names as its base.")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            required = true,
            description = "The adapter: a PEFT directory, or a run (its newest checkpoint).")
    private Path adapter = Path.of(".");

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "A new folder for the model.")
    private Path output = Path.of(".");

    @Override
    public void run() {
        if (Files.exists(output)) {
            throw new AlignException.Config(output + ": exists already; name another folder with --output");
        }
        if (!Files.isDirectory(adapter)) {
            throw new AlignException.Checkpoint(
                    adapter + ": no such folder; give the directory of a PEFT adapter, or a run");
        }
        AdapterDirectory found = AdapterDirectory.at(adapter)
                .orElseThrow(() -> new AlignException.Checkpoint(adapter
                        + ": holds no adapter (adapter_config.json); give the directory of a PEFT adapter, or a run that"
                        + " trained one"));
        Path base = model.orElseGet(found::base);
        ModelSource source = ModelSource.of(base);
        boolean scoring = found.config().isScoring();
        // a quantised file's own types can't hold the sum
        DType type = source instanceof ModelSource.GgufFile ? DType.BFLOAT16 : HfModel.storedType(source.path());
        try (Scope scope = Scope.open();
                LoadedModel loaded =
                        LoadedModel.load(base, type, Device.CPU, false, scoring ? Heads.SCALAR : Heads.LANGUAGE)) {
            AttachedAdapter.load(loaded.model(), base.toString(), found.path(), false)
                    .merge();
            ModelConfig config = scoring ? HfConfig.scoring(loaded.config(), PadToken.of(loaded)) : loaded.config();
            new HfModel(loaded.model(), config).save(output, loaded.tokenizer(), type);
        }
        if (scoring) {
            keepNormalisation(found.path());
        }
        Align4j.out(spec).println(output);
    }

    /// A merged reward model shifts its scores as its adapter did.
    private void keepNormalisation(Path from) {
        RewardNormalisation.read(from).ifPresent(normalisation -> {
            try {
                normalisation.write(output);
            } catch (IOException e) {
                throw new AlignException.Checkpoint(output + ": cannot be written: " + e.getMessage(), e);
            }
        });
    }
}
