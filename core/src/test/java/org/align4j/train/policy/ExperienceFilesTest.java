package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.rl.Rollout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperienceFilesTest {
    private static final IterationConfig TWO_UPDATES = new IterationConfig(10, 2, 1, 100);

    @TempDir
    Path folder;

    private static Experience experience(float logp) {
        return new Experience(
                new int[] {3},
                List.of(Rollout.answer(new int[] {1, 2}, new int[] {4, 5}, new float[] {-0.1f, logp}, false, "é\n")),
                new double[][] {{Double.NaN}, {0.1}},
                Optional.of(new float[][] {{-0.2f, Float.MIN_VALUE}}),
                Optional.empty(),
                Optional.of(new float[][] {{1e-7f, -3}}),
                Optional.empty(),
                2);
    }

    @Test
    void whatWasWrittenIsReadToTheLastBitAndNotDrawnAgain() {
        ExperienceFiles files = new ExperienceFiles(folder);
        Experience drawn = experience(-1 / 3f);
        assertThat(files.of(0, TWO_UPDATES, () -> Optional.of(drawn))).containsSame(drawn);
        Experience read = files.of(0, TWO_UPDATES, () -> {
                    throw new IllegalStateException("drawn again");
                })
                .orElseThrow();
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .withEqualsForType(Float::equals, Float.class)
                .isEqualTo(drawn);
    }

    @Test
    void anInterruptedDrawingWritesNothing() {
        assertThat(new ExperienceFiles(folder).of(0, TWO_UPDATES, Optional::empty))
                .isEmpty();
        assertThat(folder.resolve("rollouts")).doesNotExist();
    }

    @Test
    void iterationsBeforeTheNewestCheckpointAreForgotten() throws IOException {
        ExperienceFiles files = new ExperienceFiles(folder);
        for (long iteration = 0; iteration < 3; iteration++) {
            files.of(iteration, TWO_UPDATES, () -> Optional.of(experience(-1)));
        }
        // in the midst of iteration 1
        Files.createDirectories(folder.resolve("checkpoints/step-3"));
        files.of(3, TWO_UPDATES, () -> Optional.of(experience(-1)));
        assertThat(files.read(0)).isEmpty();
        assertThat(files.read(1)).isPresent();
        assertThat(files.read(3)).isPresent();
    }

    @Test
    void aDamagedFileIsSaidToBe() throws IOException {
        ExperienceFiles files = new ExperienceFiles(folder);
        files.of(0, TWO_UPDATES, () -> Optional.of(experience(-1)));
        Files.writeString(folder.resolve("rollouts/iteration-0.json"), "{\"tasks\": [");
        assertThatThrownBy(() -> files.read(0))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("delete it, and its answers are drawn again");
    }
}
