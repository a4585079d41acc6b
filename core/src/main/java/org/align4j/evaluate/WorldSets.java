package org.align4j.evaluate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.align4j.data.Source;
import org.align4j.data.rows.Row;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.gold.GoldRewards;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.WorldJudge;

/// Instructions of the small world as sets: answers are judged by the gold rewards that each asks
/// for. Metrics are `reward` (what the whole answer is worth), `fluency`, `gold/…` for each kind of
/// reward over the questions that ask for it, and `family/…`, the reward by family.
public final class WorldSets {
    private WorldSets() {}

    /// What an answer to a question is judged by.
    private record Task(String family, List<GoldReward> golds) {}

    /// The first instructions of a split, the families in turns.
    ///
    /// @param judge such as [WorldJudge#create], which takes a second
    public static EvaluationSet.Questions of(Instructions.Split split, long seed, int count, Judge judge) {
        Instructions instructions = new Instructions(seed);
        return of(
                "world_" + split.name().toLowerCase(Locale.ROOT),
                LongStream.range(0, count)
                        .mapToObj(number -> instructions.instruction(split, number))
                        .toList(),
                judge);
    }

    /// Any instructions as a set.
    public static EvaluationSet.Questions of(String name, List<Instruction> instructions, Judge judge) {
        Map<Question, Task> tasks = new HashMap<>();
        List<Question> questions = IntStream.range(0, instructions.size())
                .mapToObj(i -> {
                    Instruction instruction = instructions.get(i);
                    Question question = new Question(
                            instruction.conversation().first(1),
                            instruction.prompt() + "\n",
                            Optional.of(instruction.answer()),
                            Source.memory(i));
                    tasks.put(question, new Task(instruction.family(), instruction.golds()));
                    return question;
                })
                .toList();
        return set(name, questions, tasks, judge);
    }

    /// Rows that `align4j world instructions` wrote.
    ///
    /// @param questions one for each row
    static EvaluationSet.Questions of(String name, List<Row> rows, List<Question> questions) {
        Map<Question, Task> tasks = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            Object family = rows.get(i).fields().get("family");
            tasks.put(
                    questions.get(i), new Task(family instanceof String text ? text : "", GoldRewards.of(rows.get(i))));
        }
        return set(name, questions, tasks, WorldJudge.create());
    }

    private static EvaluationSet.Questions set(
            String name, List<Question> questions, Map<Question, Task> tasks, Judge judge) {
        List<Grader> graders = new ArrayList<>();
        graders.add(grader("reward", tasks, judge, task -> true, Judge.Verdict::total));
        graders.add(grader("fluency", tasks, judge, task -> true, Judge.Verdict::fluency));
        distinct(tasks, task -> task.golds().stream().map(GoldReward::name))
                .forEach(kind -> graders.add(grader(
                        "gold/" + kind,
                        tasks,
                        judge,
                        task -> task.golds().stream()
                                .anyMatch(gold -> gold.name().equals(kind)),
                        verdict -> Objects.requireNonNull(verdict.rewards().get(kind)))));
        distinct(tasks, task -> Stream.of(task.family()))
                .forEach(family -> graders.add(grader(
                        "family/" + family, tasks, judge, task -> task.family().equals(family), Judge.Verdict::total)));
        return new EvaluationSet.Questions(name, questions, graders, List.of());
    }

    /// The mean over the tasks that `counts` chooses.
    private static Grader grader(
            String name,
            Map<Question, Task> tasks,
            Judge judge,
            Predicate<Task> counts,
            ToDoubleFunction<Judge.Verdict> value) {
        return Grader.mean(
                name,
                question -> counts.test(task(tasks, question)),
                (question, answer) ->
                        value.applyAsDouble(judge.judge(task(tasks, question).golds(), answer)));
    }

    private static Task task(Map<Question, Task> tasks, Question question) {
        return Objects.requireNonNull(tasks.get(question), () -> question.source() + ": is not of this set");
    }

    private static Iterable<String> distinct(Map<Question, Task> tasks, Function<Task, Stream<String>> names) {
        TreeSet<String> distinct = new TreeSet<>();
        tasks.values().forEach(task -> names.apply(task).forEach(distinct::add));
        return Collections.unmodifiableSet(distinct);
    }
}
