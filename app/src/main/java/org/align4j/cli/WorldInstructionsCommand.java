package org.align4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.run.Interruption;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j world instructions`: rows to train and evaluate on.
@Command(
        name = "instructions",
        description = "Write instructions of the world with right answers and gold rewards, for sft and evaluate.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j world instructions --split train --count 20000 --out train.jsonl"})
final class WorldInstructionsCommand implements Runnable {
    private static final int CHUNK = 4096;

    /// How a row is written.
    enum Form {
        MESSAGES,
        PROMPT
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--split",
            paramLabel = "S",
            description = "train, held_out_words (known families, new names and combinations), held_out_families (new"
                    + " combinations of what is taught) or held_out_skills (what no taught family asks). Default:"
                    + " train.")
    private Split split = Split.TRAIN;

    @Option(names = "--count", paramLabel = "N", description = "How many. Default: 10000.")
    private int count = 10_000;

    @Option(names = "--first", paramLabel = "N", description = "Number of the first one. Default: 0.")
    private long first;

    @Option(names = "--seed", description = "Of all instructions. Default: 42.")
    private long seed = 42;

    @Option(
            names = "--family",
            paramLabel = "F,…",
            split = ",",
            description = "Only these families, in turns; align4j world show lists them. Default: all of the split.")
    private List<String> families = List.of();

    @Option(
            names = "--form",
            paramLabel = "FORM",
            description = "messages: conversations; prompt: prompt and completion. Default: messages.")
    private Form form = Form.MESSAGES;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "FILE.jsonl: an instruction a line.")
    private Path out = Path.of("");

    @Override
    public void run() {
        Instructions instructions = new Instructions(seed);
        check(instructions);
        List<String> turn = families.isEmpty() ? instructions.families(split) : families;
        Interruption interruption = Interruption.onSignals(() -> System.err.println("\nstopping"));
        try (WholeFile file = WholeFile.create(out);
                ItemProgress progress = ItemProgress.onStandardError()) {
            progress.started("instructions", count, 0);
            for (long at = first; at < first + count; at += CHUNK) {
                if (interruption.requested()) {
                    throw new CancellationException("interrupted");
                }
                List<String> rows = LongStream.range(at, Math.min(first + count, at + CHUNK))
                        .parallel()
                        .mapToObj(number -> row(instructions, turn.get((int) (number % turn.size())), number))
                        .toList();
                rows.forEach(file::line);
                progress.done(rows.size());
            }
            file.publish();
        }
        Align4j.out(spec).printf(Locale.ROOT, "Wrote %,d instructions of %d families to %s%n", count, turn.size(), out);
    }

    private void check(Instructions instructions) {
        if (count < 1 || first < 0) {
            throw new AlignException.Config(
                    "--count " + count + ", --first " + first + ": out of range; give at least 1 and at least 0");
        }
        if (!out.toString().endsWith(".jsonl")) {
            throw new AlignException.Config("--out: " + out + " is not .jsonl; name the file so");
        }
        families.forEach(family -> known(instructions, split, family));
    }

    private String row(Instructions instructions, String family, long number) {
        Instruction instruction = instructions.instruction(split, family, number);
        return instruction.json(split, form == Form.MESSAGES);
    }

    /// Refuses a family that the split doesn't have.
    static void known(Instructions instructions, Split split, String family) {
        List<String> names = instructions.families(split);
        if (!names.contains(family)) {
            throw new AlignException.Config("--family: " + split.name().toLowerCase(Locale.ROOT) + " has no family "
                    + family
                    + Problems.nearest(family, names)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("; it has " + String.join(", ", names)));
        }
    }
}
