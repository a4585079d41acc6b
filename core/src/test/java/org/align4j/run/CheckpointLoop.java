package org.align4j.run;

import java.nio.file.Files;
import java.nio.file.Path;

/// Saves checkpoints until it is killed: the process that [CheckpointsTest] kills.
final class CheckpointLoop {
    private CheckpointLoop() {}

    /// Each checkpoint holds files that all repeat its step; step 1 is saved again and again.
    public static void main(String[] arguments) {
        Checkpoints checkpoints = new RunFiles(Path.of(arguments[0])).checkpoints();
        checkpoints.clean();
        long step = checkpoints.newest().map(Checkpoints.Checkpoint::step).orElse(0L);
        while (true) {
            step++;
            save(checkpoints, step);
            save(checkpoints, 1);
            checkpoints.keep(2);
        }
    }

    static void save(Checkpoints checkpoints, long step) {
        checkpoints.save(step, folder -> {
            Files.createDirectory(folder.resolve("training_state"));
            for (String name : new String[] {"model", "config", "training_state/optimizer"}) {
                Files.writeString(folder.resolve(name), (step + "\n").repeat(20_000));
            }
        });
    }
}
