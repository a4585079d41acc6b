package org.align4j.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `align4j data`: instruction data made, looked at and examined.
@Command(
        name = "data",
        description = "Make instruction data of many tasks, look at it, examine it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DataMixCommand.class,
            DataShowCommand.class,
            DataRecipesCommand.class,
            DataDoctorCommand.class,
            DataSynthesizeCommand.class,
            DataDistillCommand.class,
            CommandLine.HelpCommand.class
        })
final class DataCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name a command: mix, show, recipes, doctor, synthesize or distill");
    }
}
