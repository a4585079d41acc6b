package org.align4j.train.sft;

import java.nio.file.Path;
import java.util.List;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.run.Interruption;
import org.align4j.run.RunListener;
import org.align4j.train.Resume;

/// The process that [SftResumeTest] kills: `CONFIG OUTPUT RESUMED`.
final class SftLoop {
    private SftLoop() {}

    public static void main(String[] arguments) {
        SftConfig config =
                Configuration.read(SftConfig.class, Path.of(arguments[0]), List.of("output=" + arguments[1]));
        Resume resume = new Resume(Boolean.parseBoolean(arguments[2]), false);
        try {
            SftTrainer.run(config, resume, RunListener.silent(), Interruption.manual());
        } catch (AlignException e) {
            System.exit(e.exitCode());
        }
    }
}
