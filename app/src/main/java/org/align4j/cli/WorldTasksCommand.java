package org.align4j.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.align4j.pipeline.world.WorldTasks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j world tasks`: a Flan-style mixture to train on.
@Command(
        name = "tasks",
        description = {
            "Write the world's families as tasks, with templates and a recipe that mixes them as Flan 2022 does.",
            "",
            "`align4j sft` draws the mixture from the recipe; `align4j data mix` writes it to files."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  align4j world tasks --out data/world --count 14000",
            "  align4j data show data/world/recipe.yaml",
            "  align4j sft --set model=MODEL --set data.train=[data/world/recipe.yaml]"
        })
final class WorldTasksCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--count", paramLabel = "N", description = "Examples of the mixture. Default: 14000.")
    private int count = 14_000;

    @Option(names = "--seed", description = "Of all instructions and of how they are asked. Default: 42.")
    private long seed = 42;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where the files go.")
    private Path out = Path.of("world");

    @Override
    public void run() {
        Path recipe = WorldTasks.write(out, seed, count);
        Align4j.out(spec).printf(Locale.ROOT, "Wrote tasks for %,d examples and %s%n", count, recipe);
    }
}
