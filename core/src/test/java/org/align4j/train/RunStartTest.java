package org.align4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.model.Heads;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.run.RunState;
import org.align4j.tensor.Scope;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStartTest {
    @TempDir
    Path folder;

    record Settings(String name) {}

    @Test
    void anAlgorithmThatCannotBeMadeIsTheRunsFailure() throws IOException {
        Path model = TinyModelFolder.save(folder.resolve("model"), 1);
        Path output = folder.resolve("run");
        List<RunEvent> events = new ArrayList<>();
        RunStart start = RunStart.of(output, new Settings("tiny"), List.of(), Resume.FRESH);
        try (Scope scope = Scope.open();
                Learner learner = Learner.load(
                        new Learner.Settings(model, "cpu", Precision.FP32, Optional.empty(), Heads.LANGUAGE, false, 1),
                        model);
                Optimization optimization = new Optimization(
                        learner.parameters(),
                        OptimizerConfig.named("sgd", Map.of()),
                        0,
                        LrSchedule.named("constant", 0.1, 0, 1, Map.of()),
                        1)) {
            assertThatThrownBy(() -> start.run(
                            new TrainingLoop.Plan(1, false, PaceConfig.atTheEnd()),
                            learner,
                            optimization,
                            List.of(),
                            events::add,
                            Interruption.manual(),
                            loop -> {
                                throw new AlignException.Data("the reference can't be computed");
                            }))
                    .isInstanceOf(AlignException.Data.class);
        }
        assertThat(events.getLast()).isEqualTo(new RunEvent.Failed(0, "the reference can't be computed"));
        assertThat(new RunFiles(output).state().kind()).isEqualTo(RunState.Kind.FAILED);
    }
}
