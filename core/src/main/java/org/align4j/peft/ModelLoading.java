package org.align4j.peft;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.checkpoint.ModelSource;
import org.align4j.error.AlignException;
import org.align4j.model.Heads;
import org.align4j.run.RunFiles;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// Loads whatever a user names with `--model`: what [LoadedModel] knows, and adapters, whose base is loaded first.
public final class ModelLoading {
    private static final String ADAPTER = "adapter_config.json";

    private ModelLoading() {}

    /// A model for use, not for training. An adapter is attached to the base that its configuration names.
    ///
    /// @param path a model directory, a GGUF file, a run, or a PEFT adapter directory
    public static LoadedModel load(Path path, DType dtype, Device device) {
        return load(path, dtype, device, Heads.LANGUAGE);
    }

    /// A model for use with the heads that are wanted.
    ///
    /// @param path a model directory, a GGUF file, a run, or a PEFT adapter directory
    public static LoadedModel load(Path path, DType dtype, Device device, Heads heads) {
        Optional<Path> adapter = adapterOf(path);
        if (adapter.isEmpty()) {
            return LoadedModel.load(path, dtype, device, false, heads);
        }
        Path base = baseOf(adapter.get());
        LoadedModel loaded = LoadedModel.load(base, dtype, device, false, heads);
        try {
            AttachedAdapter.load(loaded.model(), base.toString(), adapter.get(), false);
            return loaded;
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /// The file or folder that what `path` names is in.
    public static Path folderOf(Path path) {
        return adapterOf(path).orElseGet(() -> ModelSource.of(path).path());
    }

    /// The adapter directory that `path` is, or that the newest checkpoint of the run `path` is.
    private static Optional<Path> adapterOf(Path path) {
        if (Files.exists(path.resolve(ADAPTER))) {
            return Optional.of(path);
        }
        RunFiles run = new RunFiles(path);
        return run.exists()
                ? run.checkpoints()
                        .newest()
                        .map(checkpoint -> checkpoint.folder())
                        .filter(folder -> Files.exists(folder.resolve(ADAPTER)))
                : Optional.empty();
    }

    private static Path baseOf(Path adapter) {
        Path file = adapter.resolve(ADAPTER);
        Path base = Path.of(AdapterConfigFile.read(file)
                .baseModel()
                .orElseThrow(() -> new AlignException.Model(
                        file + ": base_model_name_or_path is missing; merge the adapter into its base and load that")));
        if (!Files.exists(base)) {
            throw new AlignException.Model(
                    file + ": its base " + base + " is not here; set base_model_name_or_path to where it is");
        }
        return base;
    }
}
