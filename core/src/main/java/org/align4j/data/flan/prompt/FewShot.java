package org.align4j.data.flan.prompt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.align4j.data.flan.task.TaskData;
import org.align4j.data.flan.task.TaskExample;
import org.align4j.random.CounterRandom;

/// Chooses the examples that stand before a question: different ones, none of them asked in the
/// question's own words, so that no answer is given away. Balanced, they come from all answer
/// classes in turns, in random order.
final class FewShot {
    /// Draws for each example wanted, after which fewer are shown.
    private static final int PATIENCE = 16;

    private final TaskData task;
    private final List<int[]> classes;

    FewShot(TaskData task, boolean balanced) {
        this.task = task;
        this.classes = balanced && task.classes().size() > 1 ? task.byClass() : List.of();
    }

    /// @param asked the example that is asked
    /// @param index its number in the task
    /// @param words what is asked of an example: two with the same are not both in a prompt
    /// @param load the example of a number, in words; empty where it cannot be shown
    List<TaskExample> choose(
            TaskExample asked,
            int index,
            int wanted,
            CounterRandom draws,
            Function<TaskExample, String> words,
            IntFunction<Optional<TaskExample>> load) {
        List<TaskExample> chosen = new ArrayList<>(wanted);
        Set<Integer> drawn = new HashSet<>();
        drawn.add(index);
        Set<String> known = new HashSet<>();
        known.add(words.apply(asked));
        int[] order = classes.isEmpty() ? new int[0] : draws.permutation(classes.size(), -1);
        int turns = 0;
        for (int attempt = 0; attempt < PATIENCE * wanted && chosen.size() < wanted; attempt++) {
            int candidate = candidate(order, turns, draws, attempt);
            boolean fresh = drawn.add(candidate);
            Optional<TaskExample> example = fresh ? load.apply(candidate) : Optional.empty();
            if (example.isPresent() && known.add(words.apply(example.get()))) {
                chosen.add(example.get());
                turns++;
            } else if (attempt % PATIENCE == PATIENCE - 1) {
                // a class that has no more to offer must not hold up the others
                turns++;
            }
        }
        return chosen;
    }

    private int candidate(int[] order, int turns, CounterRandom draws, int attempt) {
        if (order.length == 0) {
            return (int) draws.below(task.size(), attempt);
        }
        int[] members = classes.get(order[turns % order.length]);
        return members[(int) draws.below(members.length, attempt)];
    }
}
