package org.align4j.cli;

import java.nio.file.Path;
import java.time.Instant;
import org.align4j.error.AlignException;
import org.align4j.run.Report;
import org.align4j.run.RunFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j report RUN`: writes loss.png and report.html anew.
@Command(name = "report", description = "Write a run's loss.png and report.html anew.", mixinStandardHelpOptions = true)
final class ReportCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
    private Path folder = Path.of(".");

    @Override
    public void run() {
        RunFiles run = new RunFiles(folder);
        if (!run.exists()) {
            throw new AlignException.Config(folder + ": holds no run (config.yaml is missing); see `align4j runs`");
        }
        Report.write(run, Instant.now());
        Align4j.out(spec).println(run.report());
    }
}
