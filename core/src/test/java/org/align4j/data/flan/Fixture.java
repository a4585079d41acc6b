package org.align4j.data.flan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.data.flan.prompt.Outcome;
import org.align4j.data.flan.prompt.PromptedExample;

/// A recipe and its files in a temporary folder.
record Fixture(Path folder) {
    /// Writes a file below the folder.
    Fixture file(String name, String content) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A JSONL file of `rows` prompts with completions that take turns among `classes`.
    Fixture rendered(String name, int rows, int classes) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            lines.append("{\"prompt\": \"%s question %d?\", \"completion\": \"class %d\"}%n"
                    .formatted(name, i, i % classes));
        }
        return file(name + ".jsonl", lines.toString());
    }

    Mixture open(String recipe, String... overrides) {
        Path file = folder.resolve("recipe.yaml");
        file("recipe.yaml", recipe.replace("DATA", folder.toString()));
        return Mixture.open(Recipe.read(file, List.of(overrides)), file, folder.resolve("spool"), 2);
    }

    /// All prompts of a recipe.
    List<PromptedExample> prompts(String recipe, String... overrides) {
        try (Mixture mixture = open(recipe, overrides)) {
            return made(mixture.stream());
        }
    }

    static List<PromptedExample> made(Stream<Outcome> outcomes) {
        return outcomes.flatMap(
                        outcome -> outcome instanceof Outcome.Made made ? Stream.of(made.example()) : Stream.empty())
                .toList();
    }
}
