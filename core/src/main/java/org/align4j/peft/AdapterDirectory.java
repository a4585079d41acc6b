package org.align4j.peft;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.run.Checkpoints;
import org.align4j.run.RunFiles;

/// A saved adapter: a PEFT directory, which a checkpoint of a run may be.
///
/// @param path the folder with `adapter_config.json`
public record AdapterDirectory(Path path, AdapterConfig config) {
    /// The adapter at `path` itself, or in the newest checkpoint of the run there; absent where
    /// whole models are, or nothing.
    ///
    /// @throws AlignException.Checkpoint for an adapter that is damaged or not supported
    public static Optional<AdapterDirectory> at(Path path) {
        return holder(path)
                .map(folder ->
                        new AdapterDirectory(folder, AdapterConfigFile.read(folder.resolve(AdapterConfigFile.NAME))));
    }

    private static Optional<Path> holder(Path path) {
        RunFiles run = new RunFiles(path);
        Optional<Path> folder = run.exists() && !Files.exists(path.resolve(AdapterConfigFile.NAME))
                ? run.checkpoints().newest().map(Checkpoints.Checkpoint::folder)
                : Optional.of(path);
        return folder.filter(it -> Files.exists(it.resolve(AdapterConfigFile.NAME)));
    }

    /// Where the adapter says that its base is.
    ///
    /// @throws AlignException.Model if it names none, or the base is not there
    public Path base() {
        Path file = path.resolve(AdapterConfigFile.NAME);
        Path base = Path.of(config.baseModel()
                .orElseThrow(() -> new AlignException.Model(
                        file + ": base_model_name_or_path is missing; set it to where the base is")));
        if (!Files.exists(base)) {
            throw new AlignException.Model(
                    file + ": its base " + base + " is not here; set base_model_name_or_path to where it is");
        }
        return base;
    }
}
