package org.align4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.align4j.error.AlignException;
import org.align4j.pipeline.synthetic.SelfInstruct;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.pipeline.synthetic.Synthesis;
import org.align4j.pipeline.synthetic.SyntheticTask;
import org.align4j.pipeline.synthetic.UnnaturalInstructions;
import org.align4j.run.Interruption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j data synthesize`: instructions that a teacher writes.
@Command(
        name = "synthesize",
        description = {
            "Let a teacher write instructions, inputs and answers, and throw away what repeats or cannot be used.",
            "",
            "An interrupted run goes on where it stopped: answers are kept."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j data synthesize self_instruct --seeds seed_tasks.jsonl --teacher MODEL --number 100 --out generated"
        })
final class DataSynthesizeCommand implements Runnable {
    /// How data is made.
    enum Way {
        SELF_INSTRUCT,
        UNNATURAL_INSTRUCTIONS
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private TeacherOptions teacher = new TeacherOptions();

    @Parameters(index = "0", paramLabel = "WAY", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Way way = Way.SELF_INSTRUCT;

    @Option(names = "--seeds", required = true, paramLabel = "FILE", description = "Tasks that the teacher is shown.")
    private Path seeds = Path.of("seed_tasks.jsonl");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Where tasks.jsonl and statistics.json go.")
    private Path out = Path.of("generated");

    @Option(names = "--number", paramLabel = "N", description = "Tasks wanted. Default: 100.")
    private int number = 100;

    @Option(names = "--batch", paramLabel = "N", description = "Questions asked at once. Default: 8.")
    private int batch = 8;

    @Option(names = "--patience", paramLabel = "N", description = "Batches without a new task that end it. Default: 5.")
    private int patience = 5;

    @Option(names = "--paraphrases", paramLabel = "N", description = "Of each unnatural instruction. Default: 1.")
    private int paraphrases = 1;

    @Option(names = "--temperature", paramLabel = "T", description = "Of new instructions. Default: 0.7.")
    private double temperature = 0.7;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Of an answer. Default: 512.")
    private int maxTokens = 512;

    @Option(names = "--seed", paramLabel = "N", description = "Fixes what is shown and drawn. Default: 0.")
    private long seed;

    @Override
    public void run() {
        if (number < 1 || batch < 1 || patience < 1 || maxTokens < 1 || paraphrases < 0 || !(temperature >= 0)) {
            throw new AlignException.Config("--number, --batch, --patience and --max-tokens must be at least 1,"
                    + " --paraphrases and --temperature at least 0");
        }
        PrintWriter print = Align4j.out(spec);
        Interruption interruption = Interruption.onSignals(
                () -> System.err.println("stopping; answers are kept, the same command goes on"));
        Synthesis synthesis =
                new Synthesis(SyntheticTask.read(seeds), number, batch, patience, temperature, maxTokens, seed, out);
        Synthesis.Watch watch = new Synthesis.Watch(
                made -> System.err.println(made + " of " + number + " tasks"), interruption::requested);
        teacher.open(out, opened -> {
            Statistics statistics = switch (way) {
                case SELF_INSTRUCT -> SelfInstruct.run(synthesis, opened, watch);
                case UNNATURAL_INSTRUCTIONS -> UnnaturalInstructions.run(synthesis, paraphrases, opened, watch);
            };
            print(statistics, "tasks", out.resolve("tasks.jsonl"), print);
        });
    }

    /// What was made and thrown away.
    static void print(Statistics statistics, String what, Path file, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%,d %s; %,d questions, %,d tokens read and %,d written; %s%n",
                statistics.kept(),
                what,
                statistics.questions(),
                statistics.promptTokens(),
                statistics.answerTokens(),
                file);
        statistics.rejected().forEach((reason, count) -> {
            out.println("thrown away: " + reason + ": " + count);
            statistics.examples().getOrDefault(reason, List.of()).stream()
                    .findFirst()
                    .ifPresent(text -> out.println("    " + text.replace('\n', ' ')));
        });
    }
}
