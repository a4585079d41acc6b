package org.align4j.cli;

import java.nio.file.Path;
import java.util.List;
import org.align4j.pipeline.cai.RunTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j cai table`: figures of several runs.
@Command(
        name = "table",
        description = "Print the figures of runs that differ in their seeds: means and 95 % intervals over the runs.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j cai table runs/cai-1 runs/cai-2 runs/cai-3"})
final class CaiTableCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders of runs.")
    private List<Path> runs = List.of();

    @Override
    public void run() {
        Align4j.out(spec).println(RunTable.markdown(runs).strip());
    }
}
