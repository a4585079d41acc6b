package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.align4j.config.Configuration;
import org.align4j.rl.RunningNormaliser;
import org.align4j.run.Interruption;
import org.align4j.tensor.Scope;
import org.align4j.train.Learner;
import org.align4j.train.Resume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PpoUpdateTest {
    @TempDir
    Path folder;

    @Test
    void dropoutDiffersByStepAndIsRepeatedWithIt() throws IOException {
        PolicyRuns.prepare(folder);
        PpoConfig config = Configuration.of(
                PpoConfig.class,
                List.of(
                        "model=" + folder.resolve("model"),
                        "output=" + folder.resolve("run"),
                        "data.train=[" + folder.resolve("prompts.jsonl") + "]",
                        "rewards=[{type: java, name: \"" + GrpoTrainerTest.EvenBytes.class.getName() + "\"}]",
                        "precision=fp32",
                        "lora.rank=2",
                        "lora.dropout=0.5",
                        "rollout.prompts=4",
                        "rollout.max_new_tokens=6",
                        "iterations=1",
                        "epochs=1",
                        "learning_rate=0.1"));
        // an adapter that has learned nothing is 0, whatever is dropped
        PpoTrainer.run(config, Resume.FRESH, event -> {}, Interruption.manual());
        Path trained = PolicyRuns.newest(config.output());
        Experience drawn = new ExperienceFiles(config.output()).read(0).orElseThrow();
        PpoAdvantages targets = PpoAdvantages.of(
                drawn,
                drawn.rewards()[0],
                config.loss(),
                false,
                config.loss().controller(0.1),
                RunningNormaliser.START);
        try (Scope scope = Scope.open();
                Learner policy = Learner.load(config.policy(), trained);
                Critic critic = Critic.load(config, policy, Optional.of(trained))) {
            double fifth = movedAt(5, config, policy, critic, drawn, targets);
            assertThat(movedAt(5, config, policy, critic, drawn, targets)).isEqualTo(fifth);
            assertThat(movedAt(6, config, policy, critic, drawn, targets)).isNotEqualTo(fifth);
        }
    }

    /// How far the answers' tokens seem to have moved, with what is dropped at a step.
    private static double movedAt(
            long step, PpoConfig config, Learner policy, Critic critic, Experience drawn, PpoAdvantages targets) {
        PpoUpdate update = new PpoUpdate(config, policy.model(), critic, drawn, targets, step, false);
        update.backward(targets.included());
        return update.ofPolicy().approximateKl();
    }
}
