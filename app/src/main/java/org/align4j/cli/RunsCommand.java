package org.align4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.align4j.run.Metrics;
import org.align4j.run.RunFiles;
import org.align4j.run.RunState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j runs [DIR]`: the runs of a folder, one a line.
@Command(name = "runs", description = "List runs with their state.", mixinStandardHelpOptions = true)
final class RunsCommand implements Runnable {
    private static final String LINE = "%-28s %-12s %13s %10s %10s  %s%n";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "DIR", defaultValue = "runs", description = "Default: ${DEFAULT-VALUE}.")
    private Path folder = Path.of("runs");

    @Override
    public void run() {
        List<RunFiles> runs = RunFiles.below(folder);
        PrintWriter out = Align4j.out(spec);
        if (runs.isEmpty()) {
            out.println("No runs in " + folder + ".");
            return;
        }
        out.printf(LINE, "run", "state", "step", "loss", "eval/loss", "newest checkpoint");
        for (RunFiles run : runs) {
            RunState state = run.state();
            List<Metrics.Row> rows = Metrics.read(run.metrics());
            out.printf(
                    LINE,
                    run.folder().getFileName(),
                    state.kind().name().toLowerCase(Locale.ROOT),
                    state.totalSteps() > 0 ? state.step() + "/" + state.totalSteps() : "-",
                    last(rows, Metrics.LOSS),
                    last(rows, Metrics.EVAL_LOSS),
                    run.checkpoints()
                            .newest()
                            .map(checkpoint -> checkpoint.folder().toString())
                            .orElse("-"));
        }
    }

    private static String last(List<Metrics.Row> rows, String name) {
        return rows.reversed().stream()
                .filter(row -> row.values().containsKey(name))
                .findFirst()
                .map(row -> "%.4f".formatted(row.values().get(name)))
                .orElse("-");
    }
}
