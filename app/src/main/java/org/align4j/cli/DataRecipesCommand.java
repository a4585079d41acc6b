package org.align4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.data.flan.Recipe;
import org.align4j.data.flan.RecipeFacts;
import org.align4j.data.flan.Survey;
import org.align4j.error.AlignException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j data recipes`: the collections that there are recipes for.
@Command(
        name = "recipes",
        description = "List recipes: the collections that they follow, and what each turns on.",
        mixinStandardHelpOptions = true)
final class DataRecipesCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the recipes are. Default: configs/recipes.")
    private Path folder = Path.of("configs/recipes");

    @Option(names = "--markdown", description = "As a table for a document, with the papers.")
    private boolean markdown;

    /// A line of the table.
    private record Line(String file, Survey survey, RecipeFacts facts) {}

    @Override
    public void run() {
        PrintWriter out = Align4j.out(spec);
        List<Line> lines = lines();
        if (markdown) {
            out.println("| released | collection | model | base | prompts | tasks in Flan / all | examples | methods |"
                    + " recipe | turns on |");
            out.println("|---|---|---|---|---|---|---|---|---|---|");
            lines.forEach(line -> out.println("| " + String.join(" | ", cells(line, true)) + " |"));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("RELEASED", "COLLECTION", "PROMPTS", "TASKS", "EXAMPLES", "METHODS", "RECIPE", "TURNS ON"));
        lines.forEach(line -> rows.add(cells(line, false)));
        print(rows, out);
    }

    private static List<String> cells(Line line, boolean all) {
        Survey survey = line.survey();
        String methods = survey.methods().isEmpty() ? "–" : String.join(", ", survey.methods());
        String here = String.join("+", line.facts().prompts()) + "; "
                + String.join(", ", line.facts().methods());
        return all
                ? List.of(
                        survey.release(),
                        survey.collection(),
                        survey.model(),
                        survey.base(),
                        survey.prompts(),
                        survey.tasks(),
                        survey.examples(),
                        methods,
                        "`" + line.file() + "`",
                        here)
                : List.of(
                        survey.release(),
                        survey.collection(),
                        survey.prompts(),
                        survey.tasks(),
                        survey.examples(),
                        methods,
                        line.file(),
                        here);
    }

    private List<Line> lines() {
        if (!Files.isDirectory(folder)) {
            throw new AlignException.Config(folder + ": no such folder; name the recipes' with --dir");
        }
        List<Line> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(path -> Recipe.isRecipe(path.toString())).toList()) {
                Recipe recipe = Recipe.read(file, List.of());
                recipe.survey()
                        .ifPresent(survey -> lines.add(
                                new Line(String.valueOf(file.getFileName()), survey, RecipeFacts.of(recipe))));
            }
        } catch (IOException e) {
            throw new AlignException.Config(folder + ": cannot be read: " + e.getMessage(), e);
        }
        lines.sort(Comparator.comparing((Line line) -> line.survey().release()).thenComparing(Line::file));
        return lines;
    }

    private static void print(List<List<String>> rows, PrintWriter out) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                line.append(row.get(column))
                        .repeat(" ", widths[column] - row.get(column).length() + 2);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
