package org.align4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.data.flan.Mixture;
import org.align4j.data.flan.Recipe;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Which mixture: a recipe, and what is changed of it.
final class RecipeOptions {
    @Parameters(index = "0", paramLabel = "RECIPE", description = "A recipe, such as configs/recipes/flan2022.yaml.")
    private Path recipe = Path.of("recipe.yaml");

    @Option(names = "--data", paramLabel = "DIR", description = "The folder that {data} stands for in the recipe.")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "Fixes every draw.")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--number", paramLabel = "N", description = "Examples drawn in all; 0 for one pass.")
    private Optional<Long> examples = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides one key, e.g. --set max_epochs=2. May be repeated.")
    private List<String> overrides = List.of();

    @Option(names = "--threads", paramLabel = "N", description = "Threads; the result doesn't depend on them.")
    private int threads = Runtime.getRuntime().availableProcessors();

    int threads() {
        return Math.max(1, threads);
    }

    Recipe read() {
        List<String> all = new ArrayList<>(overrides);
        data.ifPresent(folder -> all.add("data=" + folder));
        seed.ifPresent(number -> all.add("seed=" + number));
        examples.ifPresent(number -> all.add("examples=" + number));
        return Recipe.read(recipe, all);
    }

    /// The mixture of the first rows of each task, to look at.
    Mixture openSample(int rows) {
        return Mixture.open(read().sample(rows), recipe, Path.of(System.getProperty("java.io.tmpdir")), threads());
    }

    /// @param temporary a folder for files that vanish when the mixture is closed
    Mixture open(Path temporary) {
        return Mixture.open(read(), recipe, temporary, threads());
    }
}
