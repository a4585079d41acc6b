package org.align4j.world.task;

import java.util.List;
import org.align4j.world.gold.AnswerReward.OneOf;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.gold.GoldReward.Fresh;
import org.align4j.world.gold.GoldReward.Length;
import org.align4j.world.gold.GoldReward.Unit;
import org.align4j.world.gold.GoldReward.Words;
import org.align4j.world.gold.MoodReward;
import org.align4j.world.gold.MoodReward.Mood;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Slots;
import org.align4j.world.story.Range;
import org.align4j.world.story.Scene;
import org.align4j.world.story.Story;
import org.align4j.world.task.Family.Asked;

/// Families that ask for stories: told, continued, told again.
final class TellingFamilies {
    private final Kit kit;

    TellingFamilies(Kit kit) {
        this.kit = kit;
    }

    List<Family> all() {
        return List.of(
                Family.taught("story", this::story),
                Family.taught("happy_story", (range, draws) -> ofMood(range, true, draws)),
                Family.heldOut("sad_story", (range, draws) -> ofMood(range, false, draws)),
                Family.taught("continue", this::goOn),
                Family.heldOut("continue_happily", (range, draws) -> goOn(range, true, draws)),
                Family.taught("continue_sadly", (range, draws) -> goOn(range, false, draws)),
                Family.taught("retell_happily", (range, draws) -> retold(range, true, draws)),
                Family.taught("retell_sadly", (range, draws) -> retold(range, false, draws)),
                Family.taught("include_words", this::includeWords),
                Family.taught("finish", this::finish),
                Family.taught("title", this::title));
    }

    private Asked story(Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        Story story = kit.story(scene, draws);
        return new Asked(
                scene.slots(),
                story.text(),
                new Words(List.of(scene.hero().name(), scene.thing())),
                new Length(Unit.SENTENCES, 5, 16));
    }

    private Asked ofMood(Range range, boolean happy, Draws draws) {
        Scene scene = kit.stories().scene(range, happy, draws);
        return new Asked(
                scene.slots(),
                kit.story(scene, draws).text(),
                mood(happy),
                new Words(List.of(scene.hero().name())),
                new Length(Unit.SENTENCES, 5, 16));
    }

    private Asked goOn(Range range, Draws draws) {
        Story story = kit.story(range, draws);
        return new Asked(
                story.scene().slots().copy().with("begin", story.beginning()),
                story.rest(),
                new Fresh(story.beginning()),
                new OneOf(named(story.scene()), List.of(), 1),
                new Length(Unit.SENTENCES, 2, 10));
    }

    private Asked goOn(Range range, boolean happy, Draws draws) {
        Story story = kit.story(kit.stories().scene(range, happy, draws), draws);
        return new Asked(
                story.scene().slots().copy().with("begin", story.beginning()),
                story.rest(),
                mood(happy),
                new Fresh(story.beginning()),
                new Length(Unit.SENTENCES, 2, 10));
    }

    private Asked retold(Range range, boolean happy, Draws draws) {
        Scene other = kit.stories().scene(range, !happy, draws);
        Draws telling = draws.apart(1);
        Story given = kit.story(other, telling);
        // The same draws: what happens before the end is told as it was.
        Story again = kit.story(other.ended(happy), draws.apart(1));
        return new Asked(
                other.slots().copy().with("story", given.text()),
                again.text(),
                mood(happy),
                new Words(List.of(other.hero().name(), other.thing())),
                new Length(Unit.SENTENCES, 4, 16));
    }

    private Asked includeWords(Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        Story story = kit.story(scene, draws);
        List<String> words = draws.shuffled(
                List.of(scene.thing(), scene.place().name(), scene.hero().name()));
        return new Asked(
                scene.slots().copy().with("words", words.get(0) + ", " + words.get(1) + " and " + words.get(2)),
                story.text(),
                new Words(words),
                new Length(Unit.SENTENCES, 4, 16));
    }

    private Asked finish(Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        Slots slots = scene.slots().copy();
        String start = kit.answer(scene.happy() ? "finish.happy" : "finish.sad", slots, draws);
        return new Asked(
                slots.with("start", start),
                start + " " + scene.end() + ".",
                new Words(List.of(start)),
                new Length(Unit.SENTENCES, 1, 1),
                new Length(Unit.WORDS, Math.max(8, start.split(" ").length + 3), 30));
    }

    private Asked title(Range range, Draws draws) {
        Story story = kit.story(range, draws);
        Scene scene = story.scene();
        return new Asked(
                scene.slots().copy().with("story", story.text()),
                kit.answer("title", scene.slots(), draws),
                new Words(List.of(scene.thing())),
                new Length(Unit.WORDS, 2, 7));
    }

    /// How a sentence may name the hero.
    private static List<String> named(Scene scene) {
        Slots slots = scene.slots();
        return List.of(scene.hero().name(), slots.get("he"), slots.get("him"), slots.get("his"), "they");
    }

    private static GoldReward mood(boolean happy) {
        return new MoodReward(happy ? Mood.HAPPY : Mood.SAD);
    }
}
