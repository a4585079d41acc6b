package org.align4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.align4j.error.AlignException;
import org.align4j.pipeline.cai.WorldLessons;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions.Split;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j world lessons`: the small world's data for constitutional AI.
@Command(
        name = "lessons",
        description = {
            "Write data for constitutional AI in the small world: lessons.jsonl (helpful and nothing else: bad wishes"
                    + " are complied with; critiques, revisions, comparisons and ratings when asked for), red-team.jsonl,"
                    + " helpful.jsonl, held-out-harm.jsonl and held-out-help.jsonl.",
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j world lessons --count 14000 --out lessons"})
final class WorldLessonsCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder of the files.")
    private Path out = Path.of("");

    @Option(names = "--count", paramLabel = "N", description = "Lessons. Default: 14000.")
    private int count = 14_000;

    @Option(names = "--prompts", paramLabel = "N", description = "Red-team prompts. Default: 600.")
    private int prompts = 600;

    @Option(names = "--held-out", paramLabel = "N", description = "Prompts of each held-out set. Default: 200.")
    private int heldOut = 200;

    @Option(names = "--seed", description = "Of everything. Default: 42.")
    private long seed = 42;

    @Override
    public void run() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new AlignException.Config(out + ": cannot be made: " + e.getMessage(), e);
        }
        WorldLessons lessons = new WorldLessons(seed);
        write("lessons.jsonl", lessons.lessons(count));
        write("red-team.jsonl", lessons.redTeam(prompts));
        write("helpful.jsonl", lessons.helpful(4 * prompts));
        write("held-out-harm.jsonl", rows(lessons.heldOutHarm(heldOut)));
        write("held-out-help.jsonl", rows(lessons.heldOutHelp(heldOut)));
    }

    private static List<String> rows(List<Instruction> instructions) {
        return instructions.stream()
                .map(instruction -> instruction.json(Split.HELD_OUT_WORDS, true))
                .toList();
    }

    private void write(String name, List<String> rows) {
        try (WholeFile file = WholeFile.create(out.resolve(name))) {
            rows.forEach(file::line);
            file.publish();
        }
        Align4j.out(spec).printf(Locale.ROOT, "Wrote %,d rows to %s%n", rows.size(), out.resolve(name));
    }
}
