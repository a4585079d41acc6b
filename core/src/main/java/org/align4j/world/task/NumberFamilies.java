package org.align4j.world.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.world.gold.AnswerReward.LastNumber;
import org.align4j.world.gold.AnswerReward.Order;
import org.align4j.world.gold.GoldReward.Length;
import org.align4j.world.gold.GoldReward.Unit;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Slots;
import org.align4j.world.lesson.Numbers;
import org.align4j.world.story.Range;
import org.align4j.world.task.Family.Asked;

/// Families about numbers, with worked steps in the answers.
final class NumberFamilies {
    private final Kit kit;

    NumberFamilies(Kit kit) {
        this.kit = kit;
    }

    List<Family> all() {
        return List.of(
                Family.taught("add", NumberFamilies::add),
                Family.taught("subtract", NumberFamilies::subtract),
                Family.taught("word_problem", this::wordProblem),
                Family.taught("sort_numbers", NumberFamilies::sort),
                Family.taught("largest", (range, draws) -> extreme(true, draws)),
                Family.heldOutSkill("smallest", (range, draws) -> extreme(false, draws)),
                Family.taught("count", this::count));
    }

    /// Every seventh pair of summands is held out.
    private static Asked add(Range range, Draws draws) {
        int largest = draws.chance(0.5) ? 9 : 99;
        int a = draws.between(1, largest);
        int b = draws.between(1, largest);
        while (((a * 31 + b) % 7 == 0) != (range == Range.RARE)) {
            a = draws.between(1, largest);
            b = draws.between(1, largest);
        }
        return new Asked(new Slots().with("a", a).with("b", b), Numbers.sum(a, b), new LastNumber(a + b));
    }

    private static Asked subtract(Range range, Draws draws) {
        int a = draws.between(1, 20);
        int b = draws.between(0, a);
        return new Asked(new Slots().with("a", a).with("b", b), Numbers.difference(a, b), new LastNumber(a - b));
    }

    private Asked wordProblem(Range range, Draws draws) {
        String name = kit.stories().person(range, draws).name();
        String thing = draws.pick(kit.facts().things());
        int a = draws.between(2, 10);
        int b = draws.between(2, 10);
        boolean more = draws.chance(0.6);
        int high = Math.max(a, b) + 1;
        int low = Math.min(a, b) - 1;
        String problem = more
                ? name + " has " + a + " " + thing + " and gets " + b + " more."
                : name + " has " + high + " " + thing + " and gives away " + low + ".";
        int result = more ? a + b : high - low;
        String step = more ? a + " + " + b : high + " - " + low;
        return new Asked(
                new Slots().with("problem", problem + " How many " + thing + " does " + name + " have now?"),
                step + " = " + result + ". Now " + name + " has " + result + " " + thing + ".",
                new LastNumber(result));
    }

    private static Asked sort(Range range, Draws draws) {
        List<Integer> numbers = numbers(draws, draws.between(3, 5));
        return new Asked(
                new Slots().with("numbers", Numbers.joined(numbers)),
                Numbers.sorted(numbers),
                new Order(numbers.stream().sorted().map(String::valueOf).toList()));
    }

    private static Asked extreme(boolean largest, Draws draws) {
        List<Integer> numbers = numbers(draws, draws.between(3, 5));
        int number = largest ? Collections.max(numbers) : Collections.min(numbers);
        return new Asked(
                new Slots().with("numbers", Numbers.joined(numbers)),
                "The " + (largest ? "largest" : "smallest") + " number is " + number + ".",
                new LastNumber(number),
                new Length(Unit.WORDS, 1, 10));
    }

    private Asked count(Range range, Draws draws) {
        List<String> kinds = draws.some(kit.facts().things(), 2);
        int first = draws.between(2, 5);
        int second = draws.between(1, 4);
        List<String> row = new ArrayList<>(Collections.nCopies(first, kinds.get(0)));
        row.addAll(Collections.nCopies(second, kinds.get(1)));
        return new Asked(
                new Slots().with("thing", kinds.get(0)).with("row", Numbers.joined(draws.shuffled(row))),
                "There are " + first + " " + kinds.get(0) + ".",
                new LastNumber(first),
                new Length(Unit.WORDS, 1, 10));
    }

    private static List<Integer> numbers(Draws draws, int count) {
        return draws.some(IntStream.rangeClosed(1, 30).boxed().toList(), count);
    }
}
