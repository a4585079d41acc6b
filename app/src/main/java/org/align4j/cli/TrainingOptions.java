package org.align4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.align4j.config.Configuration;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.train.Resume;
import picocli.CommandLine.Option;

/// The options of every command that trains, and how it is run: with progress, and stopped by
/// signals.
final class TrainingOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "Settings; `align4j init` writes some.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides one setting, e.g. --set learning_rate=1e-5. May be repeated.")
    private List<String> overrides = List.of();

    @Option(names = "--resume", description = "Go on with the run in the output folder, bit-exactly.")
    private boolean resume;

    @Option(
            names = "--allow-inexact",
            description = "Resume even where machine, threads or version differ, and the last digits with them.")
    private boolean allowInexact;

    /// What trains by settings of a type.
    interface Trainer<C> {
        void run(C settings, Resume resume, RunListener listener, Interruption interruption);
    }

    /// Reads the settings and trains.
    ///
    /// @throws CancellationException when a signal ended the run
    <C extends Record> void train(Class<C> type, Trainer<C> trainer) {
        train(type, List.of(), trainer);
    }

    /// As [#train(Class, Trainer)], with overrides that the command itself makes before the user's.
    <C extends Record> void train(Class<C> type, List<String> preset, Trainer<C> trainer) {
        List<String> overrides = new ArrayList<>(preset);
        overrides.addAll(this.overrides);
        C settings = config.map(file -> Configuration.read(type, file, overrides))
                .orElseGet(() -> Configuration.of(type, overrides));
        Interruption interruption = Interruption.onSignals(
                () -> System.err.println("\nstopping after this step and saving; again to stop at once"));
        AtomicBoolean interrupted = new AtomicBoolean();
        RunListener noticing = event -> {
            if (event instanceof RunEvent.Interrupted) {
                interrupted.set(true);
            }
        };
        try (ProgressListener progress = ProgressListener.onStandardError()) {
            trainer.run(settings, new Resume(resume, allowInexact), RunListener.all(progress, noticing), interruption);
        }
        if (interrupted.get()) {
            throw new CancellationException("interrupted");
        }
    }
}
