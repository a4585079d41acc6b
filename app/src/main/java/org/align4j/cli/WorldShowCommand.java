package org.align4j.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.align4j.world.World;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;
import org.align4j.world.task.WorldJudge;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j world show`: what the world looks like.
@Command(
        name = "show",
        description = "Print documents of the world, or instructions of one family with what their answers are worth.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  align4j world show --count 3", "  align4j world show --family retell_happily"})
final class WorldShowCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--family", paramLabel = "F", description = "A family of instructions. Default: documents.")
    private Optional<String> family = Optional.empty();

    @Option(names = "--families", description = "List the families of instructions.")
    private boolean families;

    @Option(names = "--count", paramLabel = "N", description = "How many. Default: 5.")
    private int count = 5;

    @Option(names = "--first", paramLabel = "N", description = "Number of the first one. Default: 0.")
    private long first;

    @Option(names = "--seed", description = "Default: 42.")
    private long seed = 42;

    @Override
    public void run() {
        if (count < 1 || first < 0) {
            throw new AlignException.Config(
                    "--count " + count + ", --first " + first + ": out of range; give at least 1 and at least 0");
        }
        PrintWriter out = Align4j.out(spec);
        if (families) {
            list(out);
        } else if (family.isPresent()) {
            instructions(out, family.get());
        } else {
            documents(out);
        }
    }

    private void list(PrintWriter out) {
        Instructions instructions = new Instructions(seed);
        out.println("Taught: " + String.join(", ", instructions.families(Split.TRAIN)));
        out.println("Held out, new combinations: " + String.join(", ", instructions.families(Split.HELD_OUT_FAMILIES)));
        out.println("Held out, new skills: " + String.join(", ", instructions.families(Split.HELD_OUT_SKILLS)));
    }

    private void documents(PrintWriter out) {
        World world = new World(seed);
        for (long number = first; number < first + count; number++) {
            out.println(world.document(number));
            out.println();
        }
    }

    private void instructions(PrintWriter out, String name) {
        Instructions instructions = new Instructions(seed);
        Split split = Stream.of(Split.HELD_OUT_FAMILIES, Split.HELD_OUT_SKILLS)
                .filter(heldOut -> instructions.families(heldOut).contains(name))
                .findFirst()
                .orElse(Split.TRAIN);
        WorldInstructionsCommand.known(instructions, split, name);
        Judge judge = WorldJudge.create();
        for (long number = first; number < first + count; number++) {
            Instruction instruction = instructions.instruction(split, name, number);
            out.println("user:      " + instruction.prompt());
            out.println("assistant: " + instruction.answer());
            out.println("worth:     " + worth(judge, instruction, instruction.answer()));
            instruction.bad().ifPresent(bad -> {
                out.println("bad:       " + bad);
                out.println("worth:     " + worth(judge, instruction, bad));
            });
            out.println();
        }
    }

    private static String worth(Judge judge, Instruction instruction, String answer) {
        Judge.Verdict verdict = judge.judge(instruction.golds(), answer);
        StringBuilder text = new StringBuilder("%.2f = fluency %.2f".formatted(verdict.total(), verdict.fluency()));
        verdict.rewards().forEach((reward, score) -> text.append(" × %s %.2f".formatted(reward, score)));
        return text.toString();
    }
}
