package org.align4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.align4j.config.Configuration;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.train.Resume;
import org.align4j.train.SftConfig;
import org.align4j.train.SftTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `align4j sft`: supervised fine-tuning.
@Command(
        name = "sft",
        description = "Fine-tune a model on demonstrations.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j sft --set model=MODEL --set data.train=[train.jsonl] --set output=runs/first"
        })
final class SftCommand implements Runnable {
    @Option(names = "--config", paramLabel = "FILE", description = "Settings; `align4j init sft` writes some.")
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

    @Override
    public void run() {
        SftConfig settings = config.map(file -> Configuration.read(SftConfig.class, file, overrides))
                .orElseGet(() -> Configuration.of(SftConfig.class, overrides));
        Interruption interruption = Interruption.onSignals(
                () -> System.err.println("\nstopping after this step and saving; again to stop at once"));
        AtomicBoolean interrupted = new AtomicBoolean();
        RunListener noticing = event -> {
            if (event instanceof RunEvent.Interrupted) {
                interrupted.set(true);
            }
        };
        try (ProgressListener progress = ProgressListener.onStandardError()) {
            SftTrainer.run(
                    settings, new Resume(resume, allowInexact), RunListener.all(progress, noticing), interruption);
        }
        if (interrupted.get()) {
            throw new CancellationException("interrupted");
        }
    }
}
