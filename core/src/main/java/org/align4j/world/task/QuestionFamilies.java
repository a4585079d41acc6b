package org.align4j.world.task;

import java.util.ArrayList;
import java.util.List;
import org.align4j.world.gold.AnswerReward.Choice;
import org.align4j.world.gold.AnswerReward.Order;
import org.align4j.world.gold.AnswerReward.Phrase;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.gold.GoldReward.Length;
import org.align4j.world.gold.GoldReward.Unit;
import org.align4j.world.gold.GoldReward.Words;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Slots;
import org.align4j.world.story.Query;
import org.align4j.world.story.Range;
import org.align4j.world.story.Scene;
import org.align4j.world.story.Story;
import org.align4j.world.task.Family.Asked;

/// Families that ask about a story.
final class QuestionFamilies {
    private final Kit kit;

    QuestionFamilies(Kit kit) {
        this.kit = kit;
    }

    List<Family> all() {
        return List.of(
                Family.taught("who", (range, draws) -> asked(Query.Kind.WHO, range, draws)),
                Family.taught("where", (range, draws) -> asked(Query.Kind.WHERE, range, draws)),
                Family.taught("what_wish", (range, draws) -> asked(Query.Kind.WISH, range, draws)),
                Family.taught("what_trouble", (range, draws) -> asked(Query.Kind.TROUBLE, range, draws)),
                Family.taught("who_helped", (range, draws) -> asked(Query.Kind.HELPER, range, draws)),
                Family.heldOutSkill("what_deed", (range, draws) -> asked(Query.Kind.DEED, range, draws)),
                Family.taught("reasons", this::reasons),
                Family.taught("mood", this::mood),
                Family.taught("true_false", this::trueOrFalse),
                Family.taught("extract", this::extract),
                Family.taught("describe", this::describe),
                Family.taught("shorten", this::shorten),
                Family.heldOut("one_sentence", this::oneSentence),
                Family.taught("reorder", this::reorder));
    }

    private Asked asked(Query.Kind kind, Range range, Draws draws) {
        boolean endsWell = kind == Query.Kind.HELPER || kind == Query.Kind.DEED;
        Story story = kit.story(kit.stories().scene(range, endsWell || draws.chance(0.5), draws), draws);
        Query query = query(story, kind);
        return new Asked(slots(story).with("question", query.question()), query.answer(), gold(story, query));
    }

    private Asked reasons(Range range, Draws draws) {
        Story story = kit.story(kit.stories().scene(range, draws.chance(0.5), draws), draws);
        Query query = query(story, draws.chance(0.5) ? Query.Kind.WHY : Query.Kind.MOOD);
        return new Asked(
                slots(story).with("question", query.question()),
                query.reasoned(),
                gold(story, query),
                new Words(List.of("so")),
                new Length(Unit.SENTENCES, 2, 6));
    }

    private static GoldReward gold(Story story, Query query) {
        List<String> names =
                List.of(story.scene().hero().name(), story.scene().friend().name(), "nobody");
        return switch (query.kind()) {
            case WHO -> new Choice(query.key(), names, true);
            case HELPER -> new Choice(query.key(), names.subList(1, 3), true);
            case MOOD -> new Choice(query.key(), List.of("happy", "sad"), false);
            case WHERE, WISH, TROUBLE, DEED, WHY -> new Phrase(query.key());
        };
    }

    private Asked mood(Range range, Draws draws) {
        Story story = kit.story(kit.stories().scene(range, draws.chance(0.5), draws), draws);
        String mood = story.scene().happy() ? "happy" : "sad";
        return new Asked(
                slots(story),
                draws.pick(List.of("The story is %s.", "It is a %s story.", "It ends " + mood + "ly, so it is %s."))
                        .replace("happyly", "happily")
                        .formatted(mood),
                new Choice(mood, List.of("happy", "sad"), false),
                new Length(Unit.WORDS, 1, 12));
    }

    private Asked trueOrFalse(Range range, Draws draws) {
        Story story = kit.story(range, draws);
        Scene other = kit.stories().scene(range, draws);
        Scene scene = story.scene();
        String want = scene.slots().get("want");
        String claimed = draws.chance(0.5) ? want : other.slots().get("want");
        boolean so = claimed.equals(want);
        String name = scene.hero().name();
        String claim = name + " wanted to " + claimed + ".";
        String told = name + " wanted to " + want + ".";
        return new Asked(
                slots(story).with("claim", claim),
                so ? "True. " + told : "False. " + told,
                new Choice(so ? "true" : "false", List.of("true", "false"), true),
                new Length(Unit.WORDS, 1, 25));
    }

    private Asked extract(Range range, Draws draws) {
        Story story = kit.story(range, draws);
        Scene scene = story.scene();
        String want = scene.slots().get("want");
        return new Asked(
                slots(story),
                "Who: " + scene.hero().name() + ". Where: " + scene.place().at() + ". What: to " + want + ".",
                new Words(List.of("who", "where", "what")),
                new Phrase(scene.hero().name() + " " + scene.place().at() + " " + want));
    }

    private Asked describe(Range range, Draws draws) {
        Story story = kit.story(range, draws);
        Scene scene = story.scene();
        List<String> told = List.of(scene.hero().trait(), scene.hero().kind()).stream()
                .filter(word -> story.text().contains(word))
                .toList();
        List<String> words = new ArrayList<>(told);
        words.add(scene.hero().name());
        return new Asked(
                slots(story),
                kit.answer("describe", scene.slots(), draws),
                new Words(words),
                new Length(Unit.SENTENCES, 1, 2));
    }

    private Asked shorten(Range range, Draws draws) {
        Story story = kit.story(range, draws);
        Slots slots = slots(story);
        return new Asked(
                slots,
                kit.answer("shorten", slots, draws),
                new Words(List.of(story.scene().hero().name())),
                new Phrase(
                        story.scene().slots().get("want") + " " + story.scene().end()),
                new Length(Unit.SENTENCES, 2, 2));
    }

    private Asked oneSentence(Range range, Draws draws) {
        Story story = kit.story(range, draws);
        Slots slots = slots(story);
        return new Asked(
                slots,
                kit.answer("one", slots, draws),
                new Words(List.of(story.scene().hero().name())),
                new Phrase(
                        story.scene().slots().get("want") + " " + story.scene().end()),
                new Length(Unit.SENTENCES, 1, 1));
    }

    private Asked reorder(Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        Slots slots = scene.slots();
        String name = scene.hero().name();
        List<String> right = List.of(
                name + " wanted to " + slots.get("want") + ".",
                "But then there was trouble: " + slots.get("but") + ".",
                "In the end " + scene.end() + ".");
        List<String> mixed = draws.shuffled(right);
        while (mixed.equals(right)) {
            mixed = draws.shuffled(right);
        }
        return new Asked(
                slots.copy().with("sentences", String.join(" ", mixed)),
                String.join(" ", right),
                new Order(right),
                new Length(Unit.SENTENCES, 3, 3));
    }

    private static Query query(Story story, Query.Kind kind) {
        return Query.of(story).stream()
                .filter(query -> query.kind() == kind)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the story answers no " + kind));
    }

    private static Slots slots(Story story) {
        Scene scene = story.scene();
        return scene.slots()
                .copy()
                .with("story", story.text())
                .with("end", scene.end())
                .with("mood", scene.happy() ? "happy" : "sad");
    }
}
