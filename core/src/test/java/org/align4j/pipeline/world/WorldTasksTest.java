package org.align4j.pipeline.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.align4j.data.flan.Mixture;
import org.align4j.data.flan.Recipe;
import org.align4j.data.flan.prompt.Method;
import org.align4j.data.flan.prompt.Outcome;
import org.align4j.data.flan.prompt.PromptType;
import org.align4j.data.flan.prompt.PromptedExample;
import org.align4j.error.AlignException;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldTasksTest {
    private static final int EXAMPLES = 920;

    @TempDir
    Path folder;

    @Test
    void everyTaughtFamilyIsATaskAndNoHeldOutOne() {
        Set<String> asked = drawn(3, List.of()).stream()
                .map(example -> example.task().replaceFirst(".*/", ""))
                .collect(Collectors.toSet());
        assertThat(asked).containsExactlyInAnyOrderElementsOf(new HashSet<>(new Instructions(3).families(Split.TRAIN)));
    }

    @Test
    void drawsAsManyAsWantedOfAllKinds() {
        List<PromptedExample> drawn = drawn(3, List.of());
        assertThat(drawn).hasSize(EXAMPLES);
        assertThat(drawn.stream().map(PromptedExample::type))
                .contains(PromptType.ZERO_SHOT, PromptType.FEW_SHOT, PromptType.COT_ZERO_SHOT, PromptType.COT_FEW_SHOT);
        assertThat(drawn.stream().map(PromptedExample::method)).contains(Method.PLAIN, Method.INVERTED);
    }

    @Test
    void answersAreTheWorldsOwn() {
        Instructions instructions = new Instructions(3);
        List<String> direct = List.of("prompts.few_shot=0", "prompts.inversion=0", "prompts.reasoning=1");
        for (PromptedExample example : drawn(3, direct)) {
            String family = example.task().replaceFirst(".*/", "");
            Instruction made = instructions.instruction(
                    Split.TRAIN, family, example.source().line() - 1);
            assertThat(example.completion()).isEqualTo(made.answer().strip());
            assertThat(example.prompt()).contains(made.given());
        }
    }

    @Test
    void theSameSeedWritesTheSameBytes() throws IOException {
        WorldTasks.write(folder.resolve("a"), 7, 100);
        WorldTasks.write(folder.resolve("b"), 7, 100);
        WorldTasks.write(folder.resolve("c"), 8, 100);
        String file = "tasks/text/title.jsonl";
        assertThat(Files.readString(folder.resolve("a").resolve(file)))
                .isEqualTo(Files.readString(folder.resolve("b").resolve(file)))
                .isNotEqualTo(Files.readString(folder.resolve("c").resolve(file)));
    }

    @Test
    void familiesWrittenBeforeAreGone() throws IOException {
        WorldTasks.write(folder, 3, 20, List.of("title", "add"));
        WorldTasks.write(folder, 3, 20, List.of("add"));
        try (Stream<Path> files = Files.walk(folder.resolve("tasks"))) {
            assertThat(files.filter(Files::isRegularFile))
                    .extracting(file -> file.getFileName().toString())
                    .containsExactly("add.jsonl");
        }
    }

    @Test
    void noExamplesAreRefused() {
        assertThatThrownBy(() -> WorldTasks.write(folder, 0, 0))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("give at least 1");
    }

    /// All prompts of a mixture.
    ///
    /// @param settings of its only mixture
    private List<PromptedExample> drawn(long seed, List<String> settings) {
        Path file = WorldTasks.write(folder, seed, EXAMPLES);
        Recipe recipe = Recipe.read(
                file,
                settings.stream().map(setting -> "mixtures.world." + setting).toList());
        try (Mixture mixture = Mixture.open(recipe, file, folder, 1)) {
            assertThat(mixture.notes()).isEmpty();
            return mixture.stream()
                    .map(outcome -> ((Outcome.Made) outcome).example())
                    .toList();
        }
    }
}
