package org.align4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.pipeline.synthetic.Distillation;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.pipeline.synthetic.Synthesis;
import org.align4j.run.Interruption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j data distill`: a teacher's answers to prompts.
@Command(
        name = "distill",
        description = "Let a teacher answer prompts; a student is fine-tuned on the result.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j data distill prompts.jsonl --teacher MODEL --out answered.jsonl"})
final class DataDistillCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private TeacherOptions teacher = new TeacherOptions();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files with a column of prompts.")
    private List<String> files = List.of();

    @Option(names = "--column", paramLabel = "NAME", description = "The prompts' column. Default: prompt.")
    private String column = "prompt";

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "JSONL of prompt and completion.")
    private Path out = Path.of("answered.jsonl");

    @Option(names = "--number", paramLabel = "N", description = "Prompts used at most; 0, the default: all.")
    private int number;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Of an answer; longer ones are left out. Default: 512.")
    private int maxTokens = 512;

    @Option(names = "--temperature", paramLabel = "T", description = "0, the default: the likeliest answer.")
    private double temperature;

    @Option(names = "--seed", paramLabel = "N", description = "Fixes the draws. Default: 0.")
    private long seed;

    @Override
    public void run() {
        if (maxTokens < 1 || number < 0 || !(temperature >= 0)) {
            throw new AlignException.Config("--max-tokens must be at least 1, --number and --temperature at least 0");
        }
        Interruption interruption = Interruption.onSignals(
                () -> System.err.println("stopping; answers are kept, the same command goes on"));
        Distillation.Settings settings = new Distillation.Settings(files, column, maxTokens, temperature, seed, number);
        Synthesis.Watch watch =
                new Synthesis.Watch(answered -> System.err.println(answered + " answers"), interruption::requested);
        Path folder = Optional.ofNullable(out.toAbsolutePath().getParent()).orElse(Path.of("."));
        teacher.open(folder, opened -> {
            Statistics statistics = Distillation.run(settings, opened, out, watch);
            DataSynthesizeCommand.print(statistics, "answers", out, Align4j.out(spec));
        });
    }
}
