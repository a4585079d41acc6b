package org.align4j.data.flan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.data.flan.prompt.Outcome;
import org.align4j.data.flan.prompt.PromptedExample;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every recipe that comes with Align4J runs on the shared data.
class RecipesTest {
    @TempDir
    private Path temporary;

    /// The repository's root: tests run there or in a module.
    private static Path recipes() {
        Path here = Path.of("configs/recipes");
        return Files.isDirectory(here) ? here : Path.of("..").resolve(here);
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(recipes())) {
            return files.filter(file -> Recipe.isRecipe(file.toString()))
                    .sorted()
                    .toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> makesPrompts() throws IOException {
        Path data = Shared.data("instruction");
        return files().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    Recipe recipe = Recipe.read(file, List.of("data=" + data, "examples=400"));
                    try (Mixture mixture = Mixture.open(recipe, file, temporary, 2)) {
                        List<PromptedExample> prompts = mixture.stream()
                                .map(outcome -> ((Outcome.Made) outcome).example())
                                .toList();

                        assertThat(prompts).hasSize(400).allSatisfy(example -> {
                            assertThat(example.completion()).isNotBlank();
                            assertThat(example.prompt()).doesNotContain("<|endoftext|>", "{input}", "{target}");
                        });
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> turnsOnWhatTheCollectionHad() throws IOException {
        return files().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    Recipe recipe = Recipe.read(file, List.of());
                    Survey survey = recipe.survey().orElseThrow();
                    RecipeFacts facts = RecipeFacts.of(recipe);

                    assertThat(String.join(", ", facts.prompts()))
                            .isEqualTo(survey.prompts().replace("/", ", ").replace("+", ", "));
                    List<String> promised = survey.methods().stream()
                            // not a form of prompts: the data itself
                            .filter(method ->
                                    !method.equals("synthetic data") && !method.equals("knowledge distillation"))
                            .map(method -> method.replace("massively ", "").replaceFirst("bilingual.*", "multilingual"))
                            .toList();
                    assertThat(promised)
                            .allSatisfy(method ->
                                    assertThat(facts.methods()).anyMatch(turnedOn -> turnedOn.startsWith(method)));
                }));
    }

    @Test
    void ownTemplatesKeepTheirOrder(@TempDir Path folder) {
        Fixture fixture = new Fixture(folder).rendered("a", 4, 2);
        List<String> names = List.of("z", "y", "x", "w", "v", "u", "t");
        StringBuilder recipe = new StringBuilder("tasks: {t: {files: DATA/a.jsonl, format: p3}}\ntemplates:\n");
        names.forEach(name -> {
            fixture.file(name + ".yaml", "answer: [{prompt: \"{input}\"}]");
            recipe.append("  ").append(name).append(": DATA/").append(name).append(".yaml\n");
        });
        try (Mixture mixture = fixture.open(recipe.toString())) {
            // a mixture's fingerprint holds them: another order would be another mixture
            assertThat(mixture.recipe().templates().keySet()).containsExactlyElementsOf(names);
        }
    }
}
