package org.align4j.bench.flan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.data.Example;
import org.align4j.data.Source;
import org.align4j.evaluate.EvaluationSet;
import org.align4j.evaluate.WorldSets;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;

/// What arms are measured on: families that none of them was trained on, each question alone and
/// after two examples of its family. All arms and seeds answer the same questions.
final class HeldOutTasks {
    /// Of the questions: none of those that training draws with.
    private static final long SEED = 1_000_003;

    /// Families that are taught elsewhere and held out here, because their answers are worked out.
    static final List<String> WORKED = List.of("subtract", "word_problem");

    private static final int SHOTS = 2;

    /// Characters of a prompt, so that it and its answer have room in 512 tokens.
    private static final int LONGEST = 1200;

    private final List<Instruction> alone = new ArrayList<>();
    private final List<Instruction> after = new ArrayList<>();

    HeldOutTasks(int questions) {
        Instructions instructions = new Instructions(SEED);
        List<String> families = Stream.concat(instructions.families(Split.HELD_OUT_FAMILIES).stream(), WORKED.stream())
                .toList();
        for (int number = 0; number < questions; number++) {
            for (String family : families) {
                Split split = WORKED.contains(family) ? Split.HELD_OUT_WORDS : Split.HELD_OUT_FAMILIES;
                Instruction asked = instructions.instruction(split, family, number);
                alone.add(asked);
                after.add(withExamples(asked, instructions, split, questions + (long) SHOTS * number));
            }
        }
    }

    private static Instruction withExamples(Instruction asked, Instructions instructions, Split split, long first) {
        StringBuilder prompt = new StringBuilder();
        for (int shot = 0; shot < SHOTS; shot++) {
            Instruction shown = instructions.instruction(split, asked.family(), first + shot);
            String text = shown.prompt() + "\n" + shown.answer() + "\n\n";
            if (prompt.length() + text.length() + asked.prompt().length() <= LONGEST) {
                prompt.append(text);
            }
        }
        return new Instruction(
                asked.family(), prompt + asked.prompt(), asked.given(), asked.answer(), asked.golds(), asked.bad());
    }

    List<String> families() {
        return alone.stream().map(Instruction::family).toList();
    }

    EvaluationSet.Questions alone(Judge judge) {
        return WorldSets.of("zero_shot", alone, judge);
    }

    EvaluationSet.Questions after(Judge judge) {
        return WorldSets.of("few_shot", after, judge);
    }

    /// The questions with their right answers.
    List<Example> examples(boolean shown) {
        List<Instruction> instructions = shown ? after : alone;
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < instructions.size(); i++) {
            Instruction instruction = instructions.get(i);
            examples.add(
                    new Example.PromptCompletion(instruction.prompt() + "\n", instruction.answer(), Source.memory(i)));
        }
        return examples;
    }
}
