package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.junit.jupiter.api.Test;

class ProgressListenerTest {
    @Test
    void withoutATerminalFirstAndLastStepAreLines() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ProgressListener progress =
                new ProgressListener(new PrintStream(bytes, true, StandardCharsets.UTF_8), false)) {
            progress.on(new RunEvent.Started(Path.of("runs/a"), 2, 5));
            for (long step = 3; step <= 5; step++) {
                progress.on(
                        new RunEvent.Step(step, Map.of(Metrics.LOSS, 1.0 / step, Metrics.TOKENS_PER_SECOND, 1234.0)));
            }
            progress.on(new RunEvent.Finished(5));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("Resuming at step 2 of 5 steps into runs/a"),
                        line -> assertThat(line).startsWith("step 3/5  loss 0.3333  tokens/s 1,234  left "),
                        line -> assertThat(line).isEqualTo("step 5/5  loss 0.2000  tokens/s 1,234  left 0:00:00"),
                        line -> assertThat(line).isEqualTo("finished after 5 steps"));
    }

    @Test
    void heldOutAnswersShowTheGoldRewardAndTheKl() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ProgressListener progress =
                new ProgressListener(new PrintStream(bytes, true, StandardCharsets.UTF_8), false)) {
            progress.on(new RunEvent.Evaluated(
                    4, Map.of(Metrics.EVAL_REWARD, 0.5, Metrics.EVAL_GOLD_REWARD, 0.25, Metrics.EVAL_KL, 1.5)));
            progress.on(new RunEvent.Evaluated(5, Map.of(Metrics.EVAL_LOSS, 2.0)));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "step 4: eval/reward 0.5000  eval/gold_reward 0.2500  eval/kl 1.5000",
                        "step 5: eval/loss 2.0000");
    }
}
