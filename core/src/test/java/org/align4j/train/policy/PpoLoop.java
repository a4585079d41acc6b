package org.align4j.train.policy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.align4j.config.Configuration;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.train.Resume;

/// The process that [PpoKillTest] kills: `CONFIG OUTPUT RESUMED`. It says what it has done, a line
/// each.
final class PpoLoop {
    private PpoLoop() {}

    /// Says that there are answers and waits to be killed, while the file that the property names is
    /// there.
    public static final class HeldReward implements RewardFunction {
        static final String HOLD = "align4j.hold";

        @Override
        public double[] of(List<Attempt> attempts) {
            String hold = System.getProperty(HOLD, "");
            if (!hold.isEmpty() && Files.exists(Path.of(hold))) {
                System.out.println("answered");
                LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(5));
            }
            return new GrpoTrainerTest.EvenBytes().of(attempts);
        }
    }

    public static void main(String[] arguments) {
        PpoConfig config =
                Configuration.read(PpoConfig.class, Path.of(arguments[0]), List.of("output=" + arguments[1]));
        PpoTrainer.run(
                config,
                new Resume(Boolean.parseBoolean(arguments[2]), false),
                event -> {
                    if (event instanceof RunEvent.Step step) {
                        System.out.println("step " + step.step());
                    }
                },
                Interruption.manual());
    }
}
