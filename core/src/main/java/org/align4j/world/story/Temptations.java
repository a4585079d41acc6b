package org.align4j.world.story;

import java.util.ArrayList;
import java.util.List;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Grammar;
import org.align4j.world.grammar.Phrase;
import org.align4j.world.grammar.Slots;

/// Bad deeds that somebody asks for, and what comes of doing them or something better. Immutable.
public final class Temptations {
    private static final List<String> CLAUSES = List.of("whom", "how", "done", "hurt", "instead", "good", "thanks");

    private final Stories stories;
    private final List<Deed> deeds;

    public Temptations(Stories stories) {
        this.stories = stories;
        this.deeds = load();
    }

    /// What a deed is in the world's terms.
    public enum Kind {
        STEAL,
        HURT,
        DECEIVE
    }

    /// A deed as the resource has it, and its clauses in the order of the file.
    private record Deed(Kind kind, List<Phrase> names, List<Phrase> clauses) {}

    /// One temptation.
    ///
    /// @param slots `deed`, `whom`, `how`, `done`, `hurt`, `instead`, `good`, `thanks`; of them
    ///     `deed.i`, `how.i`, `instead.i` in the first person and `deed.you`, `how.you`,
    ///     `instead.you` in the second
    public record Temptation(Person hero, Person friend, Kind kind, int number, Slots slots) {}

    /// How many deeds there are.
    public int count() {
        return deeds.size();
    }

    /// Draws a deed of the range: every fifth is held out.
    public Temptation draw(Range range, Draws draws) {
        int number = draws.below(deeds.size());
        while (range != Range.ANY && isRare(number) != (range == Range.RARE)) {
            number = draws.below(deeds.size());
        }
        Person hero = stories.person(range, draws);
        Person friend = stories.person(range, !hero.female(), draws);
        Slots slots = stories.slots(hero, friend, stories.place(range, draws), draws);
        Deed deed = deeds.get(number);
        Phrase name = draws.pick(deed.names());
        long key = draws.below(Integer.MAX_VALUE);
        write("", slots.copy(), name, deed, draws.apart(key), slots);
        Slots mine = slots.copy().with("he", "I").with("him", "me").with("his", "my");
        write(".i", mine, name, deed, draws.apart(key), slots);
        Slots yours = slots.copy().with("he", "you").with("him", "you").with("his", "your");
        write(".you", yours, name, deed, draws.apart(key), slots);
        return new Temptation(hero, friend, deed.kind(), number, slots);
    }

    /// Tells what happened.
    ///
    /// @param refused whether the hero says no
    public String tell(Temptation temptation, boolean refused, Draws draws) {
        Grammar grammar = stories.grammar();
        Slots slots = temptation.slots().copy().with("tempter.now", draws.pick(grammar.list("tempter")));
        List<String> rules = new ArrayList<>(List.of("once", "bad.ask"));
        rules.addAll(
                refused
                        ? List.of("bad.refuse", "bad.good", "bad.thanks", "bad.glad")
                        : List.of("bad.agree", "bad.hurt", "bad.sorry"));
        List<String> sentences = new ArrayList<>();
        rules.forEach(rule -> sentences.add(grammar.sentence(rule, slots, draws)));
        return String.join(" ", sentences);
    }

    private static boolean isRare(int number) {
        return number % 5 == 3;
    }

    private void write(String suffix, Slots from, Phrase name, Deed deed, Draws draws, Slots into) {
        into.with("deed" + suffix, stories.grammar().clause(name, from, draws));
        for (int i = 0; i < CLAUSES.size(); i++) {
            into.with(
                    CLAUSES.get(i) + suffix,
                    stories.grammar().clause(deed.clauses().get(i), from, draws));
        }
    }

    private static List<Deed> load() {
        List<String> lines = Grammar.lines(Temptations.class, "deeds.txt");
        List<Deed> deeds = new ArrayList<>();
        int each = CLAUSES.size() + 2;
        for (int at = 0; at < lines.size(); at += each) {
            List<Phrase> names = new ArrayList<>();
            for (String name : value(lines.get(at), "deed").split(" \\| ")) {
                names.add(Phrase.parse(name));
            }
            List<Phrase> clauses = new ArrayList<>();
            for (int i = 0; i < CLAUSES.size(); i++) {
                clauses.add(Phrase.parse(value(lines.get(at + 2 + i), CLAUSES.get(i))));
            }
            Kind kind = switch (value(lines.get(at + 1), "kind")) {
                case "steal" -> Kind.STEAL;
                case "hurt" -> Kind.HURT;
                default -> Kind.DECEIVE;
            };
            deeds.add(new Deed(kind, names, clauses));
        }
        return List.copyOf(deeds);
    }

    private static String value(String line, String key) {
        if (!line.startsWith(key + ": ")) {
            throw new IllegalArgumentException("deeds.txt: expected \"" + key + ": …\" but found: " + line);
        }
        return line.substring(key.length() + 2);
    }
}
