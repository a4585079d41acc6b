package org.align4j.world.task;

import java.util.ArrayList;
import java.util.List;
import org.align4j.world.gold.AnswerReward.Choice;
import org.align4j.world.gold.AnswerReward.OneOf;
import org.align4j.world.gold.AnswerReward.Order;
import org.align4j.world.gold.AnswerReward.Phrase;
import org.align4j.world.gold.GoldReward.Length;
import org.align4j.world.gold.GoldReward.Repeats;
import org.align4j.world.gold.GoldReward.Unit;
import org.align4j.world.gold.GoldReward.Words;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Slots;
import org.align4j.world.lesson.Animal;
import org.align4j.world.lesson.Numbers;
import org.align4j.world.story.Range;
import org.align4j.world.story.Scene;
import org.align4j.world.task.Family.Asked;

/// Families about words, sentences and animals.
final class WordFamilies {
    private static final List<String> COUNTS = List.of("no", "one", "two", "three", "four", "five");

    private final Kit kit;

    WordFamilies(Kit kit) {
        this.kit = kit;
    }

    List<Family> all() {
        return List.of(
                Family.taught("opposite", this::opposite),
                Family.taught("rhyme", this::rhyme),
                Family.taught("sort_words", this::sortWords),
                Family.taught("repeat", this::repeat),
                Family.taught("last_word", (range, draws) -> word(range, false, draws)),
                Family.heldOutSkill("first_word", (range, draws) -> word(range, true, draws)),
                Family.taught("rename", this::rename),
                Family.taught("negate", this::negate),
                Family.taught("animal", this::animal),
                Family.taught("compare", (range, draws) -> compare(true, draws)),
                Family.heldOut("compare_small", (range, draws) -> compare(false, draws)),
                Family.taught("list", this::list));
    }

    private Asked opposite(Range range, Draws draws) {
        List<String> pair = draws.shuffled(draws.pick(kit.facts().opposites()));
        List<String> all =
                kit.facts().opposites().stream().flatMap(List::stream).toList();
        List<String> others =
                all.stream().filter(word -> !pair.contains(word)).distinct().toList();
        return new Asked(
                new Slots().with("word", pair.get(0)),
                "The opposite of " + pair.get(0) + " is " + pair.get(1) + ".",
                new OneOf(List.of(pair.get(1)), others, 1),
                new Length(Unit.WORDS, 1, 12));
    }

    private Asked rhyme(Range range, Draws draws) {
        List<String> group = draws.shuffled(draws.pick(kit.facts().rhymes()));
        List<String> right = kit.facts().rhymes().stream()
                .filter(other -> other.contains(group.getFirst()))
                .flatMap(List::stream)
                .filter(word -> !word.equals(group.getFirst()))
                .distinct()
                .toList();
        List<String> wrong = kit.facts().rhymes().stream()
                .flatMap(List::stream)
                .filter(word -> !right.contains(word) && !group.contains(word))
                .distinct()
                .toList();
        return new Asked(
                new Slots().with("word", group.get(0)),
                Kit.capital(group.get(1)) + " rhymes with " + group.get(0) + ".",
                new OneOf(right, wrong, 1),
                new Length(Unit.WORDS, 1, 12));
    }

    private Asked sortWords(Range range, Draws draws) {
        List<String> pool =
                new ArrayList<>(kit.facts().animals().stream().map(Animal::name).toList());
        pool.addAll(kit.facts().things());
        List<String> words = draws.some(pool, 3);
        while (words.stream().map(word -> word.charAt(0)).distinct().count() < words.size()) {
            words = draws.some(pool, 3);
        }
        List<String> sorted = words.stream().sorted().toList();
        return new Asked(
                new Slots().with("words", Numbers.joined(words)),
                Numbers.joined(sorted) + ".",
                new Order(sorted),
                new Length(Unit.WORDS, 3, 8));
    }

    private Asked repeat(Range range, Draws draws) {
        Animal animal = draws.pick(kit.facts().animals());
        String phrase =
                draws.chance(0.5) ? draws.pick(kit.facts().things()) : "the " + animal.colour() + " " + animal.name();
        int times = draws.between(2, 5);
        List<String> said = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            said.add(phrase);
        }
        return new Asked(
                new Slots().with("phrase", phrase).with("times", COUNTS.get(times)),
                String.join(", ", said) + ".",
                new Repeats(phrase, times));
    }

    private Asked word(Range range, boolean first, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        String sentence = draws.pick(
                List.of(sentence(scene), Kit.capital(scene.slots().get("but")) + ".", Kit.capital(scene.end()) + "."));
        List<String> words = List.of(sentence.replaceAll("[.,:]", "").split(" "));
        String word = first ? words.getFirst() : words.getLast();
        return new Asked(
                new Slots().with("sentence", sentence),
                Kit.capital(word) + ".",
                new Words(List.of(word)),
                new Length(Unit.WORDS, 1, 1));
    }

    private Asked rename(Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        String name = scene.hero().name();
        String other = kit.stories().person(range, scene.hero().female(), draws).name();
        while (other.equals(name)) {
            other = kit.stories().person(range, scene.hero().female(), draws).name();
        }
        String sentence = sentence(scene);
        String renamed = sentence.replace(name, other);
        return new Asked(
                new Slots().with("sentence", sentence).with("hero", name).with("other", other),
                renamed,
                new Phrase(renamed),
                new OneOf(List.of(other), List.of(name), 1));
    }

    private Asked negate(Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        String name = scene.hero().name();
        boolean wish = draws.chance(0.5);
        String want = scene.slots().get("want");
        String sentence = wish
                ? name + " wanted to " + want + "."
                : name + " was " + scene.place().at() + ".";
        String answer = wish
                ? name + " did not want to " + want + "."
                : name + " was not " + scene.place().at() + ".";
        return new Asked(
                new Slots().with("sentence", sentence),
                answer,
                new Words(List.of(name, "not")),
                new Phrase(wish ? want : scene.place().at()),
                new Length(Unit.SENTENCES, 1, 1));
    }

    private Asked animal(Range range, Draws draws) {
        Animal animal = draws.pick(kit.facts().animals());
        String name = animal.name();
        return switch (draws.below(4)) {
            case 0 ->
                animal(
                        "What color is the " + name + "?",
                        "The " + name + " is " + animal.colour() + ".",
                        animal.colour());
            case 1 ->
                animal(
                        "Where does the " + name + " live?",
                        "The " + name + " lives " + animal.place() + ".",
                        animal.home());
            case 2 ->
                animal(
                        "What does the " + name + " eat?",
                        "The " + name + " eats " + animal.food() + ".",
                        animal.food());
            default ->
                animal(
                        "How many legs does the " + name + " have?",
                        "The " + name + " has " + animal.legs() + " legs.",
                        animal.legs());
        };
    }

    private static Asked animal(String question, String answer, String key) {
        return new Asked(
                new Slots().with("question", question), answer, new Phrase(key), new Length(Unit.WORDS, 1, 15));
    }

    private Asked compare(boolean bigger, Draws draws) {
        List<Animal> pair = kit.facts().pair(draws);
        String big = pair.get(0).name();
        String little = pair.get(1).name();
        List<String> shown = draws.shuffled(List.of(big, little));
        String answer = bigger
                ? "The " + big + " is bigger than the " + little + "."
                : "The " + little + " is smaller than the " + big + ".";
        return new Asked(
                new Slots().with("one", shown.get(0)).with("two", shown.get(1)),
                answer,
                new Choice(bigger ? big : little, shown, true),
                new Length(Unit.WORDS, 1, 12));
    }

    private Asked list(Range range, Draws draws) {
        String move = draws.pick(List.of("run", "walk", "climb", "swim", "fly"));
        List<String> right = kit.facts().animals().stream()
                .filter(animal -> animal.move().equals(move))
                .map(Animal::name)
                .toList();
        List<String> wrong = kit.facts().animals().stream()
                .filter(animal -> !animal.move().equals(move))
                .map(Animal::name)
                .toList();
        int count = Math.min(draws.between(2, 3), right.size());
        return new Asked(
                new Slots().with("count", COUNTS.get(count)).with("move", move),
                Numbers.joined(draws.some(right, count)) + ".",
                new OneOf(right, wrong, count),
                new Length(Unit.WORDS, count, 3 * count));
    }

    private static String sentence(Scene scene) {
        return scene.hero().name() + " wanted to " + scene.slots().get("want") + ".";
    }
}
