package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.align4j.config.Configuration;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.train.Resume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ctrl-C while answers are drawn.
class InterruptedDrawingTest {
    @TempDir
    Path folder;

    /// Those to the first prompt of two are worth nothing, so that answers to another are drawn;
    /// before these the run is interrupted, if that is wished.
    public static final class Interrupting implements RewardFunction {
        private static final AtomicReference<Interruption> WISHED = new AtomicReference<>(Interruption.manual());

        @Override
        public double[] of(List<Attempt> attempts) {
            WISHED.get().request();
            return IntStream.range(0, attempts.size())
                    .mapToDouble(i -> attempts.size() > 4 && i < 4 ? 0 : i)
                    .toArray();
        }
    }

    @BeforeEach
    void makeModelAndPrompts() throws IOException {
        PolicyRuns.prepare(folder);
    }

    private List<String> settings(String name) {
        return List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("prompts.jsonl") + "]",
                "rewards=[{type: java, name: \"" + Interrupting.class.getName() + "\"}]",
                "precision=fp32",
                "rollout.prompts=2",
                "rollout.group_size=4",
                "rollout.max_new_tokens=6",
                "rollout.resample=1",
                "iterations=2",
                "save_every=1",
                "learning_rate=1e-2");
    }

    /// Runs with an interruption that the reward asks for, or with none.
    private static List<RunEvent> run(PolicyRuns.Training trainer, Resume resume, boolean interrupted) {
        Interruption interruption = Interruption.manual();
        Interrupting.WISHED.set(interrupted ? interruption : Interruption.manual());
        List<RunEvent> events = new ArrayList<>();
        trainer.run(resume, events::add, interruption);
        return events;
    }

    private void isDrawnAgain(PolicyRuns.Training whole, PolicyRuns.Training parts) throws IOException {
        run(whole, Resume.FRESH, false);
        List<RunEvent> events = run(parts, Resume.FRESH, true);
        assertThat(events).noneMatch(RunEvent.Step.class::isInstance);
        assertThat(events.getLast()).isEqualTo(new RunEvent.Interrupted(0));
        assertThat(run(parts, Resume.EXACT, false).getLast()).isEqualTo(new RunEvent.Finished(2));
        assertThat(weights("parts")).isEqualTo(weights("whole"));
    }

    private byte[] weights(String name) throws IOException {
        return PolicyRuns.weights(folder.resolve(name), false);
    }

    @Test
    void grpoStopsAtOnceAndDrawsTheSameAgain() throws IOException {
        isDrawnAgain(grpo("whole"), grpo("parts"));
    }

    @Test
    void ppoStopsAtOnceAndDrawsTheSameAgain() throws IOException {
        isDrawnAgain(ppo("whole"), ppo("parts"));
    }

    private PolicyRuns.Training grpo(String name) {
        GrpoConfig config = Configuration.of(GrpoConfig.class, settings(name));
        return (resume, listener, interruption) -> GrpoTrainer.run(config, resume, listener, interruption);
    }

    private PolicyRuns.Training ppo(String name) {
        List<String> all = new ArrayList<>(settings(name));
        all.add("epochs=1");
        PpoConfig config = Configuration.of(PpoConfig.class, all);
        return (resume, listener, interruption) -> PpoTrainer.run(config, resume, listener, interruption);
    }
}
