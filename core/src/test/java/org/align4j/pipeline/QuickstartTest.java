package org.align4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.pipeline.TinyWorld.Kind;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.run.RunState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From nothing to a model that answers, through the public pieces.
class QuickstartTest {
    @TempDir
    Path folder;

    @Test
    void aTinyModelLearnsToAnswer() {
        Path output = folder.resolve("run");
        Quickstart.Settings settings =
                new Quickstart.Settings(output, 1, 3000, 4, 1, new Quickstart.Size(64, 2, 4, 128));
        List<RunEvent> events = new ArrayList<>();
        Quickstart.Result result = Quickstart.run(settings, events::add, Interruption.manual());

        RunFiles run = new RunFiles(output);
        assertThat(run.state().kind()).isEqualTo(RunState.Kind.FINISHED);
        List<Metrics.Row> evaluated = Metrics.read(run.metrics()).stream()
                .filter(row -> row.values().containsKey(Metrics.EVAL_LOSS))
                .toList();
        double before = evaluated.getFirst().values().get(Metrics.EVAL_LOSS);
        double after = evaluated.getLast().values().get(Metrics.EVAL_LOSS);
        // it starts as unsure as a uniform choice among some 500 tokens
        assertThat(before).isBetween(5.5, 6.7);
        assertThat(after).isLessThan(2.5);
        assertThat(result.before()).containsOnlyKeys(Kind.values()).allSatisfy((kind, score) -> {
            assertThat(score.asked()).isEqualTo(4);
            assertThat(score.right()).isZero();
        });
        assertThat(result.samples())
                .hasSize(4)
                .allSatisfy(sample -> assertThat(sample.answer()).isNotEmpty());
        assertThat(events).last().isInstanceOf(RunEvent.Finished.class);
        assertThatThrownBy(() -> Quickstart.run(settings, events::add, Interruption.manual()))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("exists already");
    }
}
