package org.align4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.align4j.evaluate.EvaluationTable;
import org.align4j.evaluate.Interval;
import org.align4j.pipeline.quickstart.Quickstart;
import org.align4j.pipeline.quickstart.Settings;
import org.align4j.pipeline.quickstart.Sizes;
import org.align4j.pipeline.quickstart.Stage;
import org.align4j.pipeline.quickstart.StageResult;
import org.align4j.run.Interruption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j quickstart`: alignment seen happening, in minutes.
@Command(
        name = "quickstart",
        description = {
            "Align the small base model that ships with the project, and measure it before and after.",
            "Called again with the same options it goes on where it was interrupted."
        },
        mixinStandardHelpOptions = true)
final class QuickstartCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--output", paramLabel = "DIR", description = "Folder of everything. Default: runs/quickstart.")
    private Path output = Path.of("runs/quickstart");

    @Option(names = "--seed", description = "Of instructions, order and answers. Default: 42.")
    private long seed = 42;

    @Option(names = "--fast", description = "Three minutes instead of ten: less of everything.")
    private boolean fast;

    @Option(
            names = "--stages",
            split = ",",
            paramLabel = "STAGE",
            description = "Some of sft, reward, dpo, ppo, grpo, cai, and what they need. Default: all.")
    private List<Stage> stages = List.of(Stage.values());

    @Override
    public void run() {
        PrintWriter out = Align4j.out(spec);
        Interruption interruption = Interruption.onSignals(() -> System.err.println(
                "\nstopping after this step and saving; again to stop at once. The same command goes on later"));
        Settings settings = new Settings(output, seed, fast ? Sizes.FAST : Sizes.STANDARD);
        Quickstart.Result result;
        try (ProgressListener training = ProgressListener.onStandardError();
                ItemProgress items = ItemProgress.onStandardError()) {
            result = Quickstart.run(settings, stages, training, items, interruption, Instant.now());
        }
        result.stages().forEach(stage -> print(out, stage));
        result.stages().reversed().stream()
                .filter(stage -> stage.stage() != Stage.REWARD)
                .findFirst()
                .ifPresent(stage -> out.println("Talk to it:  align4j chat --model " + stage.run()));
        out.println("Figures:     " + result.summary());
        out.println("Report:      " + result.report());
    }

    private static void print(PrintWriter out, StageResult stage) {
        out.printf(Locale.ROOT, "%n%s:%n%n", stage.stage().title());
        for (EvaluationTable.Row row : stage.headlines()) {
            for (EvaluationTable.Cell cell : row.cells()) {
                out.printf(
                        Locale.ROOT,
                        "  %-26s %-8s %-20s %.3f  %s%n",
                        row.set().replace("world_", "").replace('_', ' '),
                        row.metric(),
                        cell.model(),
                        cell.value(),
                        cell.interval().map(QuickstartCommand::range).orElse(""));
            }
        }
        out.println();
        stage.samples().stream().limit(3).forEach(sample -> {
            out.println("  asked: " + indented(sample.prompt()));
            sample.said().forEach(said -> print(out, said));
            out.println();
        });
    }

    private static void print(PrintWriter out, StageResult.Said said) {
        out.println("  " + said.who() + ": " + indented(said.text()));
    }

    private static String range(Interval interval) {
        return String.format(Locale.ROOT, "[%.3f, %.3f]", interval.low(), interval.high());
    }

    private static String indented(String text) {
        return text.strip().replace("\n", "\n          ");
    }
}
