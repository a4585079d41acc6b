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
import org.align4j.run.RunListener;
import org.align4j.train.Resume;

/// The process that [PolicyKillTest] kills: `ALGORITHM CONFIG OUTPUT RESUMED`. It says what it has
/// done, a line each.
final class PolicyLoop {
    private PolicyLoop() {}

    /// Says that there are answers and waits to be killed, while the file that the property names
    /// is there.
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

    /// @param algorithm `grpo` or `ppo`
    static void run(String algorithm, Path config, Path output, Resume resume, RunListener listener) {
        List<String> overrides = List.of("output=" + output);
        switch (algorithm) {
            case "grpo" ->
                GrpoTrainer.run(
                        Configuration.read(GrpoConfig.class, config, overrides),
                        resume,
                        listener,
                        Interruption.manual());
            case "ppo" ->
                PpoTrainer.run(
                        Configuration.read(PpoConfig.class, config, overrides),
                        resume,
                        listener,
                        Interruption.manual());
            default -> throw new IllegalArgumentException(algorithm);
        }
    }

    public static void main(String[] arguments) {
        run(
                arguments[0],
                Path.of(arguments[1]),
                Path.of(arguments[2]),
                new Resume(Boolean.parseBoolean(arguments[3]), false),
                event -> {
                    if (event instanceof RunEvent.Step step) {
                        System.out.println("step " + step.step());
                    }
                });
    }
}
