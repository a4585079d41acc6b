package org.align4j.world.story;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Grammar;
import org.align4j.world.grammar.Phrase;
import org.align4j.world.grammar.Slots;

/// Draws scenes. Immutable: one may serve many threads.
public final class Stories {
    private static final double CHILD = 0.6;
    private static final double HAPPY = 0.6;
    private static final double HELPED = 0.65;
    private static final int HELD_OUT_PAIR = 11;
    private static final List<String> DRAWN_SLOTS =
            List.of("colour", "fruit", "veg", "flowers", "creature", "number", "day");

    private final Grammar grammar;
    private final Map<String, Lists> lists;
    private final Map<String, Place> places;
    private final Lists placeNames;
    private final List<Plot> plots;
    /// Places of each plot.
    private final List<Lists> settings;

    public Stories() {
        grammar = Grammar.load(Stories.class, "lists.txt", "story.txt", "tempt.txt", "talk.txt", "sketch.txt");
        lists = Stream.of("girl", "boy", "kind", "trait")
                .collect(Collectors.toMap(Function.identity(), rule -> Lists.of(grammar, rule)));
        places = grammar.list("place").stream()
                .map(line -> Place.of(line.replace("*", "")))
                .collect(Collectors.toMap(Place::name, Function.identity()));
        Lists lines = Lists.of(grammar, "place");
        placeNames = new Lists(
                lines.common().stream().map(line -> Place.of(line).name()).toList(),
                lines.rare().stream().map(line -> Place.of(line).name()).toList());
        plots = Plot.load("plots.txt", grammar.list("weather"), grammar.list("time"));
        settings = IntStream.range(0, plots.size()).mapToObj(this::settings).toList();
    }

    /// The rules that stories are told by.
    public Grammar grammar() {
        return grammar;
    }

    /// The things that stories are about.
    public List<String> things() {
        return plots.stream().map(Plot::thing).toList();
    }

    /// All names of characters.
    public List<String> names() {
        return Stream.of("girl", "boy")
                .flatMap(rule -> list(rule).all().stream())
                .toList();
    }

    /// A character of either sex.
    public Person person(Range range, Draws draws) {
        return person(range, draws.chance(0.5), draws);
    }

    /// A character.
    public Person person(Range range, boolean female, Draws draws) {
        String name = list(female ? "girl" : "boy").draw(range, draws);
        String kind =
                draws.chance(CHILD) ? (female ? "girl" : "boy") : list("kind").draw(common(range), draws);
        return new Person(name, kind, list("trait").draw(common(range), draws), female);
    }

    /// A place that is not held out, or any.
    public Place place(Range range, Draws draws) {
        return place(placeNames.draw(range, draws));
    }

    /// The place of this name.
    public Place place(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw new IllegalArgumentException("no place named " + name);
        }
        return place;
    }

    /// The facts of a story: two characters of different sex (so that pronouns are clear), a place,
    /// a wish, what goes wrong and how it ends.
    public Scene scene(Range range, Draws draws) {
        return scene(range, draws.chance(HAPPY), draws);
    }

    /// The facts of a story with the given end.
    public Scene scene(Range range, boolean happy, Draws draws) {
        Person hero = person(range, draws);
        Person friend = person(range, !hero.female(), draws);
        int plotNumber = draws.below(plots.size());
        while (range == Range.COMMON && settings.get(plotNumber).common().isEmpty()) {
            plotNumber = draws.below(plots.size());
        }
        Place place = place(settings.get(plotNumber).draw(range, draws));
        while (friend.kind().equals(hero.kind()) || friend.trait().equals(hero.trait())) {
            friend = person(range, !hero.female(), draws);
        }
        Plot plot = plots.get(plotNumber);
        String time = draws.pick(plot.times());
        String weather = draws.pick(plot.weathers());
        while (weather.equals("sunny") && !isDay(time)) {
            weather = draws.pick(plot.weathers());
        }
        Slots slots = slots(hero, friend, place, draws);
        slots.with("weather", weather).with("time", time).with("thing", plot.thing());
        boolean state = write(plot, slots, draws);
        return new Scene(hero, friend, place, plot.thing(), weather, time, happy, draws.chance(HELPED), state, slots);
    }

    /// What every text with two characters at a place may say.
    Slots slots(Person hero, Person friend, Place place, Draws draws) {
        Slots slots = new Slots();
        hero.lead(slots);
        friend.follow(slots);
        slots.with("place", place.name())
                .with("at", place.at())
                .with("to", place.to())
                .with("the", place.the());
        for (String slot : DRAWN_SLOTS) {
            slots.with(slot, draws.pick(grammar.list(slot)));
        }
        String vegetable = slots.get("veg");
        return slots.with("vegetable", vegetable.endsWith("o") ? vegetable + "es" : vegetable + "s")
                .with("near", draws.pick(grammar.list("near")));
    }

    /// Writes the plot's clauses, and says whether its trouble is a state.
    private boolean write(Plot plot, Slots slots, Draws draws) {
        Phrase want = draws.pick(plot.wants());
        long key = draws.below(Integer.MAX_VALUE);
        slots.with("want", grammar.clause(want, slots, draws.apart(key)));
        Slots mine = slots.copy().with("he", "I").with("him", "me").with("his", "my");
        slots.with("want.i", grammar.clause(want, mine, draws.apart(key)));
        Plot.Problem problem = draws.pick(plot.problems());
        slots.with("but", grammar.clause(problem.but(), slots, draws.apart(key)));
        slots.with("but.i", grammar.clause(problem.but(), mine, draws.apart(key)));
        slots.with("prep", grammar.clause(draws.pick(plot.preparations()), slots, draws))
                .with("try", grammar.clause(problem.attempt(), slots, draws))
                .with("help", grammar.clause(problem.help(), slots, draws))
                .with("idea", grammar.clause(problem.idea(), slots, draws))
                .with("won", grammar.clause(problem.won(), slots, draws))
                .with("lost", grammar.clause(problem.lost(), slots, draws));
        return problem.state();
    }

    /// Where a plot may be set. Every eleventh pair of plot and place is held out.
    private Lists settings(int plot) {
        Map<Boolean, List<String>> rare = plots.get(plot).places().stream()
                .collect(Collectors.partitioningBy(name -> placeNames.rare().contains(name)
                        || (plot + placeNames.common().indexOf(name)) % HELD_OUT_PAIR == 0));
        return new Lists(rare.getOrDefault(false, List.of()), rare.getOrDefault(true, List.of()));
    }

    private Lists list(String rule) {
        Lists list = lists.get(rule);
        if (list == null) {
            throw new IllegalArgumentException("no list named " + rule);
        }
        return list;
    }

    /// Kinds and traits may be common where names are rare.
    private static Range common(Range range) {
        return range == Range.RARE ? Range.ANY : range;
    }

    private static boolean isDay(String time) {
        return time.equals("morning") || time.equals("afternoon");
    }
}
