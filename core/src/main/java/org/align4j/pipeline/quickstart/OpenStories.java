package org.align4j.pipeline.quickstart;

import java.util.List;
import java.util.stream.IntStream;
import org.align4j.world.gold.MoodReward;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;

/// Requests for stories that leave open how these end. Demonstrations end well or badly; people
/// like happy ends best. So an answer is worth what it is worth as an answer, times how happily it
/// ends.
final class OpenStories {
    private static final List<String> FAMILIES = List.of("story", "include_words", "continue");

    private OpenStories() {}

    /// Requests `first`, `first` + 1, …, the families in turns.
    static List<Instruction> of(Instructions instructions, Split split, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> instructions.instruction(
                        split, FAMILIES.get(number % FAMILIES.size()), number / FAMILIES.size()))
                .map(plain -> plain.judgedAlsoBy(new MoodReward(MoodReward.Mood.HAPPY)))
                .toList();
    }

    /// The first request to learn from that the fine-tuning hasn't seen: no family has more than
    /// all its instructions.
    static int afterFineTuning(Course course) {
        return FAMILIES.size() * course.sizes().instructions();
    }
}
