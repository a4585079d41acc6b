package org.align4j.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `align4j cai`: constitutional AI.
@Command(
        name = "cai",
        description = "Align a model by written principles: critiques, revisions, AI feedback.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {CaiRunCommand.class, CaiShowCommand.class, CaiTableCommand.class})
final class CaiCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: run, show or table");
    }
}
