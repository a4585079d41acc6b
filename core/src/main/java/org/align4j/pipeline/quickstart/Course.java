package org.align4j.pipeline.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.run.DurableFiles;
import org.align4j.run.Interruption;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.run.RunState;
import org.align4j.train.Resume;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instructions;
import tools.jackson.databind.json.JsonMapper;

/// What all stages work with.
///
/// @param starter folder of the base model
/// @param judge knows what answers are worth
record Course(
        Settings settings,
        Path starter,
        Instructions instructions,
        Judge judge,
        RunListener listener,
        EvaluationListener evaluation,
        Interruption interruption) {
    Sizes sizes() {
        return settings.sizes();
    }

    /// Folder of a stage's run.
    Path run(Stage stage) {
        return settings.output().resolve(stage.folder());
    }

    /// As a value of a configuration.
    static String quoted(Path path) {
        return JsonMapper.shared().writeValueAsString(path.toString());
    }

    /// A trainer's entry.
    interface Trainer<C> {
        void run(C config, Resume resume, RunListener listener, Interruption interruption);
    }

    /// Trains, going on where an earlier call of the same settings was interrupted.
    <C> void train(Stage stage, C config, Trainer<C> trainer) {
        train(run(stage), config, trainer);
    }

    /// Trains, going on where an earlier call of the same settings was interrupted.
    ///
    /// @param run its folder
    <C> void train(Path run, C config, Trainer<C> trainer) {
        RunFiles files = new RunFiles(run);
        if (!files.exists()) {
            trainer.run(config, Resume.FRESH, listener, interruption);
        } else if (files.state().kind() != RunState.Kind.FINISHED) {
            trainer.run(config, Resume.EXACT, listener, interruption);
        }
        stopIfInterrupted();
    }

    /// @throws CancellationException when asked to stop
    void stopIfInterrupted() {
        if (interruption.requested()) {
            throw new CancellationException("interrupted");
        }
    }

    /// A file of data of one JSON object a line, made unless it is there.
    ///
    /// @param name of the file
    Path data(String name, Supplier<Stream<String>> lines) {
        Path file = settings.output().resolve("data").resolve(name);
        if (Files.exists(file)) {
            return file;
        }
        String text = lines.get().collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent(), "made by resolve"));
            DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
            return file;
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be written: " + e.getMessage() + "; name another folder", e);
        }
    }
}
