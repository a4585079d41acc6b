package org.align4j.data.flan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.Source;
import org.align4j.data.flan.prompt.Outcome;
import org.align4j.data.flan.prompt.PromptedExample;
import org.align4j.data.rows.DataFiles;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;

/// Training data named by files or by recipes: the prompts of a recipe are rows like those of the
/// files that `align4j data mix` would have written.
public final class RecipeRows implements Iterator<Row> {
    private final Iterator<Path> recipes;
    private final DataReport report;
    private Optional<Mixture> mixture = Optional.empty();
    private Iterator<Outcome> outcomes = Collections.emptyIterator();
    private Optional<Row> ahead = Optional.empty();

    private RecipeRows(Iterator<Path> recipes, DataReport report) {
        this.recipes = recipes;
        this.report = report;
    }

    /// The rows of files, or of the recipes `*.yaml` among the names where all are.
    ///
    /// @throws AlignException.Config when names of recipes and of files stand together
    /// @throws AlignException.Data when a name stands for no file
    public static Rows open(List<String> names, ReadOptions options, DataReport report) {
        long recipes = names.stream().filter(Recipe::isRecipe).count();
        if (recipes == 0) {
            return Rows.open(names, options, report);
        }
        if (recipes < names.size()) {
            throw new AlignException.Config("data: " + names + ": name recipes (*.yaml) or files, not both");
        }
        RecipeRows rows = new RecipeRows(names.stream().map(Path::of).iterator(), report);
        return Rows.of(rows, rows::close, report);
    }

    /// The files that stand behind names of files, folders and patterns, or of recipes: these read
    /// others.
    ///
    /// @throws AlignException.Data when a name stands for no file
    public static List<Path> files(List<String> names) {
        List<Path> files = new ArrayList<>();
        List<String> others = new ArrayList<>(names);
        others.removeIf(Recipe::isRecipe);
        for (String name : names) {
            if (Recipe.isRecipe(name)) {
                Path recipe = Path.of(name);
                files.add(recipe);
                files.addAll(Mixture.files(Recipe.read(recipe, List.of()), recipe));
            }
        }
        if (!others.isEmpty() || names.isEmpty()) {
            files.addAll(DataFiles.resolve(others));
        }
        return files.stream().distinct().toList();
    }

    @Override
    public boolean hasNext() {
        while (ahead.isEmpty() && (outcomes.hasNext() || recipes.hasNext())) {
            if (!outcomes.hasNext()) {
                turnTo(recipes.next());
                continue;
            }
            report.read();
            switch (outcomes.next()) {
                case Outcome.Made made -> ahead = Optional.of(row(made.example()));
                // a recipe that stops at such prompts has done so
                case Outcome.Refused refused ->
                    report.note(
                            "left out as the recipe's on_error says: "
                                    + refused.reason().description(),
                            refused.source(),
                            refused.fault());
            }
        }
        return ahead.isPresent();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more prompts");
        }
        Row row = ahead.orElseThrow();
        ahead = Optional.empty();
        return row;
    }

    private void turnTo(Path recipe) {
        close();
        Mixture opened = Mixture.open(
                Recipe.read(recipe, List.of()),
                recipe,
                Path.of(System.getProperty("java.io.tmpdir")),
                Runtime.getRuntime().availableProcessors());
        opened.notes().forEach(note -> report.note("of the recipe", new Source(recipe.toString(), 1), note));
        mixture = Optional.of(opened);
        outcomes = opened.iterator();
    }

    private void close() {
        mixture.ifPresent(Mixture::close);
        mixture = Optional.empty();
        outcomes = Collections.emptyIterator();
    }

    private static Row row(PromptedExample example) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("prompt", example.prompt());
        fields.put("completion", example.completion());
        fields.put("task", example.task());
        fields.put("prompt_type", example.type().label());
        fields.put("method", example.method().label());
        return new Row(example.source(), fields);
    }
}
