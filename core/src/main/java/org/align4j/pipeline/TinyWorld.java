package org.align4j.pipeline;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.random.CounterRandom;

/// Dialogues of a world so small that a tiny model learns it in minutes, each with the only right
/// answer. A dialogue is a function of the seed and its number.
public final class TinyWorld {
    /// Colour of each animal of [#ANIMALS], in turns: what the world's answers agree on.
    private static final List<String> COLOURS = List.of("red", "grey", "green", "yellow", "white", "black", "brown");

    private static final List<String> ANIMALS = List.of(
            "fox", "owl", "cat", "dog", "hen", "pig", "cow", "bear", "frog", "duck", "goat", "wolf", "ant", "bee",
            "crab", "deer", "eel", "fly", "hare", "lamb", "mole", "newt", "rat", "seal");

    /// Kinds in turns: sums are the hardest and come most often.
    private static final List<Kind> TURNS =
            List.of(Kind.SUMS, Kind.SORTING, Kind.SUMS, Kind.COLOURS, Kind.SUMS, Kind.SORTING, Kind.ANIMALS);

    private static final int DIGITS = 4;

    private final CounterRandom random;

    public TinyWorld(long seed) {
        random = CounterRandom.of(seed, "tiny world");
    }

    /// What a dialogue is about.
    public enum Kind {
        /// Two numbers of two digits, added digit by digit.
        SUMS,
        /// Four digits, put in order.
        SORTING,
        /// The colours of three animals, in one answer.
        COLOURS,
        /// The colours of three animals, in three turns.
        ANIMALS
    }

    /// @param facts what it asks, however it is put: dialogues with equal facts have equal answers
    /// @param conversation ends with the right answer
    public record Dialogue(Kind kind, String facts, Conversation conversation) {
        /// The turns before the answer.
        public Conversation question() {
            return conversation.first(conversation.messages().size() - 1);
        }

        public String answer() {
            return conversation.messages().getLast().content();
        }
    }

    /// Different dialogues to learn from and others to be asked: no facts of the latter are among the former.
    public record Lessons(List<Dialogue> train, List<Dialogue> heldOut) {
        public Lessons {
            train = List.copyOf(train);
            heldOut = List.copyOf(heldOut);
        }
    }

    /// @param train dialogues to learn from
    /// @param heldOut different dialogues of each kind to be asked
    public Lessons lessons(int train, int heldOut) {
        Set<String> taken = new HashSet<>();
        List<Dialogue> asked = new ArrayList<>();
        long number = 0;
        for (Kind kind : Kind.values()) {
            for (int count = 0; count < heldOut; number++) {
                Dialogue dialogue = dialogue(kind, number);
                if (taken.add(dialogue.facts())) {
                    asked.add(dialogue);
                    count++;
                }
            }
        }
        List<Dialogue> learned = new ArrayList<>();
        Set<Conversation> seen = new HashSet<>();
        for (; learned.size() < train; number++) {
            Dialogue dialogue = dialogue(TURNS.get((int) (number % TURNS.size())), number);
            if (!taken.contains(dialogue.facts()) && seen.add(dialogue.conversation())) {
                learned.add(dialogue);
            }
        }
        return new Lessons(learned, asked);
    }

    /// Dialogue `number` of a kind.
    Dialogue dialogue(Kind kind, long number) {
        CounterRandom draws = random.at(kind.name().hashCode(), number);
        return switch (kind) {
            case SUMS -> sum(draws);
            case SORTING -> sorting(draws);
            case COLOURS -> colours(draws);
            case ANIMALS -> animals(draws);
        };
    }

    private static Dialogue sum(CounterRandom draws) {
        int a = 10 + (int) draws.below(90, 0);
        int b = 10 + (int) draws.below(90, 1);
        String question = pick(List.of("What is %d + %d?", "How much is %d plus %d?", "Add %d and %d."), draws, 2)
                .formatted(a, b);
        int ones = a % 10 + b % 10;
        String carried = ones > 9 ? " + 1" : "";
        String answer = "Ones: %d + %d = %d. Tens: %d + %d%s = %d. Together: %d."
                .formatted(a % 10, b % 10, ones, a / 10, b / 10, carried, a / 10 + b / 10 + ones / 10, a + b);
        return dialogue(Kind.SUMS, a + "+" + b, Message.user(question), Message.assistant(answer));
    }

    private static Dialogue sorting(CounterRandom draws) {
        List<Integer> digits = some(IntStream.range(0, 10).boxed().toList(), DIGITS, draws);
        String given = joined(digits);
        String question =
                pick(List.of("Sort %s.", "Put %s in order."), draws, 100).formatted(given);
        return dialogue(
                Kind.SORTING,
                "sort " + given,
                Message.user(question),
                Message.assistant(joined(new TreeSet<>(digits)) + "."));
    }

    private static Dialogue colours(CounterRandom draws) {
        List<String> animals = some(ANIMALS, 3, draws);
        String asked = "the " + animals.get(0) + ", the " + animals.get(1) + " and the " + animals.get(2);
        return dialogue(
                Kind.COLOURS,
                "colours " + asked,
                Message.user("What colour are " + asked + "?"),
                Message.assistant(animals.stream().map(TinyWorld::fact).collect(Collectors.joining(" "))));
    }

    private static Dialogue animals(CounterRandom draws) {
        List<String> animals = some(ANIMALS, 3, draws);
        return dialogue(
                Kind.ANIMALS,
                "animals " + String.join(" ", animals),
                Message.user("What colour is the " + animals.get(0) + "?"),
                Message.assistant(fact(animals.get(0))),
                Message.user("And the " + animals.get(1) + "?"),
                Message.assistant(fact(animals.get(1))),
                Message.user("And the " + animals.get(2) + "?"),
                Message.assistant(fact(animals.get(2))));
    }

    private static String fact(String animal) {
        return "The " + animal + " is " + COLOURS.get(ANIMALS.indexOf(animal) % COLOURS.size()) + ".";
    }

    private static Dialogue dialogue(Kind kind, String facts, Message... messages) {
        return new Dialogue(kind, facts, Conversation.of(messages));
    }

    private static <T> T pick(List<T> items, CounterRandom draws, long key) {
        return items.get((int) draws.below(items.size(), key));
    }

    /// `count` different items in random order.
    private static <T> List<T> some(List<T> items, int count, CounterRandom draws) {
        List<T> left = new ArrayList<>(items);
        List<T> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(left.remove((int) draws.below(left.size(), i)));
        }
        return chosen;
    }

    private static String joined(Iterable<Integer> digits) {
        List<String> texts = new ArrayList<>();
        digits.forEach(digit -> texts.add(String.valueOf(digit)));
        return String.join(" ", texts);
    }
}
