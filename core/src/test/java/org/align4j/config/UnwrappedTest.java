package org.align4j.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.error.Require;
import org.junit.jupiter.api.Test;

class UnwrappedTest {
    record Steps(int epochs, int batchSize) {
        Steps {
            Require.atLeast("epochs", epochs, 1);
            Require.atLeast("batch_size", batchSize, 1);
        }
    }

    record Files(List<Path> train, int limit) {
        static Files defaults(List<Path> train) {
            return new Files(train, 0);
        }
    }

    record Nested(@Unwrapped Steps steps) {}

    record Run(
            String name, @Unwrapped Files files, @Unwrapped Steps steps, Nested nested) {
        Run {
            Require.that(files.limit() == 0 || steps.epochs() == 1, "limit needs epochs: 1");
        }

        static Run defaults(Files files) {
            return new Run("run", files, new Steps(1, 8), new Nested(new Steps(2, 2)));
        }
    }

    private static Run parse(String text, String... overrides) {
        return Configuration.parse(Run.class, text, "run.yaml", List.of(overrides));
    }

    @Test
    void keysOfAnUnwrappedRecordStandAmongTheOthers() {
        assertThat(parse("train: [a.jsonl]\nname: mine\nbatch_size: 4\n"))
                .isEqualTo(new Run(
                        "mine",
                        new Files(List.of(Path.of("a.jsonl")), 0),
                        new Steps(1, 4),
                        new Nested(new Steps(2, 2))));
        assertThat(parse("train: []", "epochs=3").steps()).isEqualTo(new Steps(3, 8));
    }

    @Test
    void whatIsWrittenCanBeReadAgain() {
        Run run = parse("train: [a.jsonl]\nepochs: 5\nnested: {batch_size: 3}");
        assertThat(Configuration.toYaml(run))
                .contains("epochs: 5\nbatch_size: 8\n")
                .doesNotContain("steps");
        assertThat(parse(Configuration.toYaml(run))).isEqualTo(run);
    }

    @Test
    void faultsNameTheLineAndTheKeyAsTheyAreWritten() {
        assertThatThrownBy(() -> parse("train: []\nname: x\nepochs: 0\nbatchsize: 2\n"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("run.yaml:3: epochs: epochs must be ≥ 1, got 0")
                .hasMessageContaining("run.yaml:4: batchsize: unknown key; did you mean batch_size?");
        assertThatThrownBy(() -> parse("train: []\nepochs: 2\nlimit: 5\n"))
                .hasMessageContaining("limit needs epochs: 1");
        assertThatThrownBy(() -> parse("train: []\nepochs: many\n"))
                .hasMessageContaining("run.yaml:2: epochs: expected");
        assertThatThrownBy(() -> parse("train: []\nsteps: {epochs: 2}\n"))
                .hasMessageContaining("run.yaml:2: steps: unknown key");
    }

    @Test
    void keysThatMustBeGivenAreNamedWithoutTheRecord() {
        assertThatThrownBy(() -> parse("epochs: 2\n")).hasMessageContaining("run.yaml: train: missing required key");
    }
}
