package org.align4j.world.story;

import java.util.ArrayList;
import java.util.List;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Grammar;
import org.align4j.world.grammar.Slots;
import org.align4j.world.story.Story.Beat;
import org.align4j.world.story.Story.Part;

/// Tells scenes: chooses which beats a story has and how each is put. Immutable.
public final class Teller {
    private final Grammar grammar;

    public Teller(Grammar grammar) {
        this.grammar = grammar;
    }

    /// How much is told.
    public enum Detail {
        /// Opening, wish, trouble, end: four to six sentences.
        SHORT,
        /// Most beats: eight to fourteen sentences.
        FULL
    }

    /// Tells a scene. The same scene and draws tell the same story.
    public Story tell(Scene scene, Detail detail, Draws draws) {
        return new Telling(scene, detail, draws).story();
    }

    /// One story in the making.
    private final class Telling {
        private final Scene scene;
        private final Slots slots;
        private final boolean full;
        private final Draws draws;
        private final List<Beat> beats = new ArrayList<>();

        Telling(Scene scene, Detail detail, Draws draws) {
            this.scene = scene;
            this.slots = scene.slots().copy();
            this.full = detail == Detail.FULL;
            this.draws = draws;
        }

        Story story() {
            open();
            say(Part.WISH, "wish");
            maybe(0.5, Part.PREPARATION, "prep");
            say(Part.TROUBLE, scene.troubledFromStart() ? "trouble.state" : "trouble");
            if (full) {
                maybe(0.7, Part.ATTEMPT, "try");
                maybe(0.45, Part.LOW, "low");
            }
            if (scene.happy()) {
                endWell();
            } else {
                endBadly();
            }
            return new Story(scene, beats);
        }

        private void open() {
            boolean pair = scene.helped() && draws.chance(0.4);
            slots.with("friend.new", pair ? scene.friend().name() : newcomer());
            say(Part.OPENING, pair ? "once.pair" : "once");
            if (full) {
                maybe(0.4, Part.OPENING, "trait." + scene.hero().trait());
            }
            say(Part.SETTING, "setting.placed");
            if (full) {
                maybe(0.35, Part.SETTING, "weather." + scene.weather());
            }
        }

        /// How the friend is named who wasn't named before.
        private String newcomer() {
            Person friend = scene.friend();
            if (slots.get("want").contains(friend.name())) {
                return friend.name();
            }
            return switch (draws.below(3)) {
                case 0 -> slots.get("his") + " friend " + friend.name();
                case 1 -> friend.isChild() ? "a " + friend.kind() + " named " + friend.name() : friend.full();
                default -> "a " + friend.trait() + " " + friend.kind() + " named " + friend.name();
            };
        }

        private void endWell() {
            if (scene.helped()) {
                say(Part.TURN, "meet");
                if (full) {
                    maybe(0.75, Part.TURN, "ask");
                }
                say(Part.TURN, "help");
            } else {
                say(Part.TURN, "think");
                say(Part.TURN, "idea");
            }
            say(Part.END, "won");
            say(Part.FEELING, scene.helped() && draws.chance(0.6) ? "glad.pair" : "glad");
            maybe(full ? 0.5 : 0.2, Part.CLOSING, "close.happy");
        }

        private void endBadly() {
            say(Part.END, scene.helped() ? "lost.pair" : "lost");
            say(Part.FEELING, "sorry");
            maybe(full ? 0.6 : 0.2, Part.CLOSING, "close.sad");
        }

        private void maybe(double probability, Part part, String rule) {
            if (draws.chance(probability)) {
                say(part, rule);
            }
        }

        private void say(Part part, String rule) {
            beats.add(new Beat(part, grammar.sentence(rule, slots, draws)));
        }
    }
}
