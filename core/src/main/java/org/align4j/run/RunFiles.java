package org.align4j.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.error.AlignException;

/// Where a run keeps what. Readers (the command line, the studio, TensorBoard) need no more than
/// this.
public record RunFiles(Path folder) {
    /// The resolved configuration, with `recorded` facts: version, machine, data hashes.
    public Path config() {
        return folder.resolve("config.yaml");
    }

    /// One object a logged step; see [Metrics].
    public Path metrics() {
        return folder.resolve("metrics.jsonl");
    }

    /// One object a sample, each with its `step`.
    public Path samples() {
        return folder.resolve("samples.jsonl");
    }

    /// TensorBoard event files.
    public Path tensorBoard() {
        return folder.resolve("tensorboard");
    }

    /// The loss curve.
    public Path lossCurve() {
        return folder.resolve("loss.png");
    }

    public Path report() {
        return folder.resolve("report.html");
    }

    public Checkpoints checkpoints() {
        return new Checkpoints(folder.resolve("checkpoints"));
    }

    /// What the run is doing or how it ended.
    public RunState state() {
        return RunState.read(stateFile());
    }

    Path stateFile() {
        return folder.resolve("state.json");
    }

    Path lock() {
        return folder.resolve(".lock");
    }

    /// Whether this folder holds a run.
    public boolean exists() {
        return Files.isRegularFile(config());
    }

    /// The runs directly below `parent`, by name.
    public static List<RunFiles> below(Path parent) {
        if (!Files.isDirectory(parent)) {
            throw new AlignException.Config(parent + ": no such folder; name one that holds runs");
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.sorted().map(RunFiles::new).filter(RunFiles::exists).toList();
        } catch (IOException e) {
            throw new AlignException.Config(parent + ": cannot be listed: " + e.getMessage(), e);
        }
    }
}
