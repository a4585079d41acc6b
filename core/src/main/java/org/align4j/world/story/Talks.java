package org.align4j.world.story;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Grammar;
import org.align4j.world.grammar.Slots;

/// Dialogues of two characters. Immutable.
public final class Talks {
    private final Grammar grammar;

    public Talks(Grammar grammar) {
        this.grammar = grammar;
    }

    /// What a dialogue is about.
    public enum Topic {
        /// The hero tells of a wish, and the friend offers to come.
        PLAN,
        /// The hero asks politely for a thing.
        BORROW,
        /// The hero demands a thing, is corrected and asks again.
        DEMAND,
        /// The hero tells of a trouble, and the friend comforts.
        COMFORT
    }

    /// One turn.
    public record Turn(String speaker, String text) {}

    /// The turns of a talk between the scene's characters; the hero begins, except in
    /// [Topic#COMFORT].
    public List<Turn> turns(Scene scene, Topic topic, Draws draws) {
        Slots slots = scene.slots().copy().with("lend", draws.pick(grammar.list("lend")));
        List<String> rules = new ArrayList<>(List.of("talk.greet", "talk.greet.back"));
        switch (topic) {
            case PLAN ->
                rules.addAll(List.of(
                        "talk.plan",
                        "talk.where",
                        "talk.place",
                        "talk.offer",
                        draws.chance(0.7) ? "talk.yes" : "talk.no"));
            case BORROW -> {
                boolean lent = draws.chance(0.75);
                rules.addAll(List.of("talk.borrow", lent ? "talk.lend" : "talk.refuse"));
                rules.addAll(lent ? List.of("talk.thank", "talk.welcome") : List.of());
            }
            case DEMAND ->
                rules.addAll(List.of(
                        "talk.demand", "talk.complain", "talk.borrow", "talk.lend", "talk.thank", "talk.welcome"));
            case COMFORT -> {
                rules.clear();
                rules.addAll(List.of("talk.feel", "talk.why", "talk.comfort", "talk.thank"));
            }
        }
        boolean heroNext = rules.size() % 2 == 0;
        if (topic != Topic.COMFORT && heroNext) {
            rules.addAll(List.of("talk.bye", "talk.bye.back"));
        }
        boolean friendBegins = topic == Topic.COMFORT;
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            boolean hero = i % 2 == 0 != friendBegins;
            turns.add(new Turn(
                    hero ? scene.hero().name() : scene.friend().name(), grammar.sentence(rules.get(i), slots, draws)));
        }
        return turns;
    }

    /// A line for each turn: `Mia: Good morning, Tom!`.
    public static String text(List<Turn> turns) {
        return turns.stream().map(turn -> turn.speaker() + ": " + turn.text()).collect(Collectors.joining("\n"));
    }
}
