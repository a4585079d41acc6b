package org.align4j.pipeline.cai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTableTest {
    @TempDir
    private Path folder;

    private Path measured(String name, double harm) {
        Contest.Figure figure = new Contest.Figure(harm, 0, 1);
        EvaluationStage.Result result = new EvaluationStage.Result(List.of(new EvaluationStage.ContestResult(
                "revisions",
                List.of(new Contest.Standing("revision 0", 5, Map.of("harm", figure))),
                new Contest("revisions", List.of(), Map.of()))));
        Path run = folder.resolve(name);
        StageFile.writeText(
                Stage.EVALUATION.folder(run).resolve(RunRows.FIGURES), StageFile.JSON.writeValueAsString(result));
        return run;
    }

    @Test
    void meansHaveStudentsIntervals() {
        // three runs: standard deviation 0.1, t of two degrees of freedom 4.303
        assertThat(RunTable.markdown(List.of(measured("a", 0.1), measured("b", 0.2), measured("c", 0.3))))
                .contains("## revisions", "| revision 0 | 0.200 ± 0.248 |");
        assertThat(RunTable.markdown(List.of(measured("a", 0.1)))).contains("| revision 0 | 0.100 |");
    }

    @Test
    void moreRunsThanTenHaveThemToo() {
        List<Path> runs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            runs.add(measured("run" + i, i % 2));
        }
        // standard deviation √(12/44), t of eleven degrees of freedom 2.201
        assertThat(RunTable.markdown(runs)).contains("0.500 ± 0.332");
    }

    @Test
    void aRunWithoutFiguresIsNamed() {
        assertThatThrownBy(() -> RunTable.markdown(List.of(folder.resolve("none"))))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("has no figures");
    }
}
