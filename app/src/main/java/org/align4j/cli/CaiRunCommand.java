package org.align4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.pipeline.cai.CaiConfig;
import org.align4j.pipeline.cai.CaiRun;
import org.align4j.pipeline.cai.Stage;
import org.align4j.run.Interruption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j cai run`: all stages, or the first few.
@Command(
        name = "run",
        description = {
            "Run the stages of constitutional AI: prompts, revisions, supervised, answers, feedback, preferences,"
                    + " reinforcement, evaluation. Each leaves a folder to look at.",
            "Called again it goes on where it stopped: stages that are done and questions that were answered are kept."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  align4j cai run cai.yaml --until revisions", "  align4j cai run cai.yaml"})
final class CaiRunCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FILE", description = "Settings; `align4j init cai` writes some.")
    private Path file = Path.of("cai.yaml");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides one setting, e.g. --set revisions.count=3. May be repeated.")
    private List<String> overrides = List.of();

    @Option(
            names = "--until",
            paramLabel = "STAGE",
            description = "The last stage to run: ${COMPLETION-CANDIDATES}. Default: all.")
    private Stage until = Stage.EVALUATION;

    @Option(names = "--redo", description = "Do stages anew whose settings, data or edits changed, and all after them.")
    private boolean redo;

    @Override
    public void run() {
        CaiConfig config = Configuration.read(CaiConfig.class, file, overrides);
        Interruption interruption = Interruption.onSignals(() ->
                System.err.println("\nstopping; what was answered and trained is kept, the same command goes on"));
        PrintWriter out = Align4j.out(spec);
        try (ProgressListener training = ProgressListener.onStandardError();
                ItemProgress items = ItemProgress.onStandardError()) {
            CaiRun.run(config, until, redo, new CaiRun.Watch(training, items, items::line, interruption));
        }
        if (until == Stage.EVALUATION) {
            out.println(table(Stage.EVALUATION.folder(config.output()).resolve("figures.md")));
        }
        out.println("Look at what became of a prompt:  align4j cai show --run " + config.output() + " p1");
    }

    private static String table(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
