package org.align4j.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import org.align4j.error.AlignException;
import org.align4j.run.RunFiles;

/// Where a model comes from. What a user names with `--model` is a path; which kind it is shows on
/// the disk.
public sealed interface ModelSource {
    /// The file or folder that holds the weights.
    Path path();

    /// A Hugging Face model directory.
    record Directory(Path path) implements ModelSource {}

    /// A GGUF file, with the tokenizer and the chat template in it.
    record GgufFile(Path path) implements ModelSource {}

    /// A training run: its newest checkpoint.
    ///
    /// @param run the run's folder
    /// @param path the checkpoint's, a Hugging Face model directory
    record Run(Path run, Path path) implements ModelSource {}

    /// Tells which kind `path` is.
    ///
    /// @throws AlignException.Model where nothing is there, or nothing that is a model
    static ModelSource of(Path path) {
        if (!Files.exists(path)) {
            throw new AlignException.Model(
                    path + ": no such file or directory; give a model directory, a GGUF file or a run");
        }
        if (!Files.isDirectory(path)) {
            if (isGguf(path)) {
                return new GgufFile(path);
            }
            throw new AlignException.Model(path + ": is no model; give a model directory, a GGUF file or a run");
        }
        refuseAdapter(path);
        RunFiles run = new RunFiles(path);
        if (Files.exists(path.resolve("config.json"))) {
            return new Directory(path);
        }
        if (run.exists()) {
            Path newest = run.checkpoints()
                    .newest()
                    .orElseThrow(() -> new AlignException.Model(
                            path + ": this run has no checkpoint yet; wait for one or give a model"))
                    .folder();
            refuseAdapter(newest);
            return new Run(path, newest);
        }
        throw new AlignException.Model(path
                + ": holds neither a model (config.json) nor a run (config.yaml); give a model directory, a GGUF file"
                + " or a run");
    }

    private static void refuseAdapter(Path folder) {
        if (Files.exists(folder.resolve("adapter_config.json")) && !Files.exists(folder.resolve("config.json"))) {
            throw new AlignException.Model(folder
                    + ": is an adapter, and a whole model is needed here; fold it into its base with align4j merge");
        }
    }

    /// Whether a file's name is a GGUF file's.
    static boolean isGguf(Path path) {
        return path.toString().endsWith(".gguf");
    }
}
