package org.align4j.cli;

import java.nio.file.Path;
import org.align4j.checkpoint.LoadedModel;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which model a command runs, and how it computes.
final class ModelOptions {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "M",
            description = "A model directory, a GGUF file, or a run (its newest checkpoint).")
    private Path model = Path.of(".");

    @Mixin
    private ComputeOptions compute = new ComputeOptions();

    /// Loads it into the scope that is open.
    LoadedModel load() {
        return compute.load(model);
    }
}
