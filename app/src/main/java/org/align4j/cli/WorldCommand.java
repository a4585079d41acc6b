package org.align4j.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `align4j world`: texts and instructions of the small world.
@Command(
        name = "world",
        description = "Make texts of the small world: a corpus to pretrain on, instructions with gold rewards.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            WorldCorpusCommand.class,
            WorldInstructionsCommand.class,
            WorldLessonsCommand.class,
            WorldShowCommand.class,
            WorldTasksCommand.class
        })
final class WorldCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command of world");
    }
}
