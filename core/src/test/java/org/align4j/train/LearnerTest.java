package org.align4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.align4j.model.Heads;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.tensor.Scope;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnerTest {
    @TempDir
    Path folder;

    @Test
    void theSizeOfACheckpointIsKnownBeforeItIsWritten() throws IOException {
        TinyModelFolder.save(folder.resolve("model"), 1);
        try (Scope scope = Scope.open();
                Learner policy = learner(Heads.LANGUAGE);
                Learner values = learner(Heads.SCALAR);
                Optimization ofPolicy = optimization(policy);
                Optimization ofValues = optimization(values)) {
            long alone = policy.checkpointBytes(ofPolicy);
            assertThat(alone).isCloseTo(written(policy, ofPolicy, "alone"), withinPercentage(5));
            policy.saveWith(
                    values.checkpointBytes(ofValues),
                    checkpoint ->
                            values.save(Files.createDirectory(checkpoint.resolve("value")), Progress.START, ofValues));
            long together = policy.checkpointBytes(ofPolicy);
            assertThat(together).isGreaterThan(2 * alone - alone / 10);
            assertThat(together).isCloseTo(written(policy, ofPolicy, "together"), withinPercentage(5));
        }
    }

    private Learner learner(Heads heads) {
        Path model = folder.resolve("model");
        return Learner.load(
                new Learner.Settings(model, "cpu", Precision.FP32, Optional.empty(), heads, heads == Heads.SCALAR, 1),
                model);
    }

    private static Optimization optimization(Learner learner) {
        return new Optimization(
                learner.parameters(),
                OptimizerConfig.named("adamw", Map.of()),
                0,
                LrSchedule.named("constant", 0.1, 0, 10, Map.of()),
                1);
    }

    /// Bytes of weights and moments in a checkpoint.
    private long written(Learner learner, Optimization optimization, String name) throws IOException {
        Path checkpoint = Files.createDirectory(folder.resolve(name));
        learner.save(checkpoint, Progress.START, optimization);
        try (Stream<Path> files = Files.walk(checkpoint)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
