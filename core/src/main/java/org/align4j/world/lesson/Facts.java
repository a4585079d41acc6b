package org.align4j.world.lesson;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Grammar;
import org.align4j.world.grammar.Slots;

/// What is so in the world, and plain texts that say it. Immutable.
public final class Facts {
    private final Grammar grammar = Grammar.load(Facts.class, "facts.txt", "words.txt");
    private final List<Animal> animals = Animal.all();
    private final List<List<String>> opposites = grammar.list("opposite").stream()
            .map(line -> List.of(line.split(" ")))
            .toList();
    private final List<List<String>> rhymes = grammar.list("rhymes").stream()
            .map(line -> List.of(line.split(" ")))
            .toList();
    private final List<String> things = grammar.list("thing.many");

    public List<Animal> animals() {
        return animals;
    }

    /// Pairs of opposite words.
    public List<List<String>> opposites() {
        return opposites;
    }

    /// Groups of words that rhyme.
    public List<List<String>> rhymes() {
        return rhymes;
    }

    /// Things in the plural that can be counted.
    public List<String> things() {
        return things;
    }

    /// A plain text of a few lines.
    public String document(String girl, String boy, Draws draws) {
        return switch (draws.below(8)) {
            case 0, 1 -> about(draws);
            case 2 -> bigger(draws);
            case 3 -> lines(draws, () -> wordLine(draws));
            case 4 -> lines(draws, () -> sum(draws));
            case 5 -> lines(draws, () -> problem(draws.chance(0.5) ? girl : boy, draws));
            case 6 -> lines(draws, () -> sorting(draws));
            default -> lines(draws, () -> counting(draws));
        };
    }

    private interface Line {
        String write();
    }

    private static String lines(Draws draws, Line line) {
        int count = draws.between(3, 6);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(line.write());
        }
        return String.join("\n", lines);
    }

    private String about(Draws draws) {
        Slots slots = slots(draws.pick(animals));
        List<String> sentences = new ArrayList<>();
        int count = draws.between(2, 5);
        while (sentences.size() < count) {
            String sentence = grammar.sentence("about", slots, draws);
            if (!sentences.contains(sentence)) {
                sentences.add(sentence);
            }
        }
        return String.join(" ", sentences);
    }

    private static Slots slots(Animal animal) {
        return new Slots()
                .with("name", animal.name())
                .with("colour", animal.colour())
                .with("home", animal.place())
                .with("food", animal.food())
                .with("sound", animal.sound())
                .with("move", animal.move())
                .with("legs", animal.legs());
    }

    private String bigger(Draws draws) {
        return lines(draws, () -> {
            List<Animal> pair = pair(draws);
            Slots slots = new Slots()
                    .with("big", pair.get(0).name())
                    .with("little", pair.get(1).name());
            return grammar.sentence("bigger", slots, draws);
        });
    }

    /// Two animals of different size, the bigger first.
    public List<Animal> pair(Draws draws) {
        List<Animal> pair = draws.some(animals, 2);
        while (pair.get(0).size() == pair.get(1).size()) {
            pair = draws.some(animals, 2);
        }
        return pair.stream()
                .sorted(Comparator.comparingInt(Animal::size).reversed())
                .toList();
    }

    private String wordLine(Draws draws) {
        if (draws.chance(0.5)) {
            List<String> pair = draws.shuffled(draws.pick(opposites));
            return grammar.sentence(
                    "same", new Slots().with("word", pair.get(0)).with("opposite", pair.get(1)), draws);
        }
        List<String> pair = draws.some(draws.pick(rhymes), 2);
        return grammar.sentence("rhyme", new Slots().with("word", pair.get(0)).with("other", pair.get(1)), draws);
    }

    private static String sum(Draws draws) {
        int largest = draws.chance(0.5) ? 9 : 99;
        int a = draws.between(1, largest);
        int b = draws.between(1, largest);
        if (draws.chance(0.3)) {
            int high = draws.between(1, 20);
            int low = draws.between(0, high);
            return high + " minus " + low + "? " + Numbers.difference(high, low);
        }
        return a + " plus " + b + "? " + Numbers.sum(a, b);
    }

    /// A little problem about counting things, with its answer.
    public String problem(String name, Draws draws) {
        String thing = draws.pick(things);
        int a = draws.between(2, 10);
        int b = draws.between(2, 10);
        if (draws.chance(0.6)) {
            return name + " has " + a + " " + thing + " and " + draws.pick(grammar.list("gets")) + " " + b + " more. "
                    + a + " + " + b + " = " + (a + b) + ". Now " + name + " has " + (a + b) + " " + thing + ".";
        }
        int high = Math.max(a, b) + 1;
        int low = Math.min(a, b) - 1;
        return name + " has " + high + " " + thing + " and gives away " + low + ". " + high + " - " + low + " = "
                + (high - low) + ". Now " + name + " has " + (high - low) + " " + thing + ".";
    }

    private static String sorting(Draws draws) {
        List<Integer> numbers = draws.some(IntStream.rangeClosed(1, 30).boxed().toList(), draws.between(3, 5));
        return "Numbers: " + Numbers.joined(numbers) + ". " + Numbers.sorted(numbers);
    }

    private String counting(Draws draws) {
        List<String> kinds = draws.some(things, 2);
        List<String> row = new ArrayList<>();
        int first = draws.between(2, 5);
        int second = draws.between(2, 4);
        for (int i = 0; i < first + second; i++) {
            row.add(i < first ? kinds.get(0) : kinds.get(1));
        }
        row = draws.shuffled(row);
        return Numbers.joined(row) + ". There are " + first + " " + kinds.get(0) + " and " + second + " " + kinds.get(1)
                + ".";
    }
}
