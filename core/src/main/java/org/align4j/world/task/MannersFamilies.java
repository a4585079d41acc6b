package org.align4j.world.task;

import java.util.List;
import org.align4j.world.gold.AnswerReward.Choice;
import org.align4j.world.gold.AnswerReward.Phrase;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.gold.GoldReward.Length;
import org.align4j.world.gold.GoldReward.Speakers;
import org.align4j.world.gold.GoldReward.Unit;
import org.align4j.world.gold.GoldReward.Words;
import org.align4j.world.gold.MannersReward.Harmless;
import org.align4j.world.gold.MannersReward.Polite;
import org.align4j.world.gold.MannersReward.Willing;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Slots;
import org.align4j.world.story.Range;
import org.align4j.world.story.Scene;
import org.align4j.world.story.Talks;
import org.align4j.world.story.Temptations.Temptation;
import org.align4j.world.task.Family.Asked;

/// Families about how to speak and what to do: politeness, talks, good and bad wishes.
final class MannersFamilies {
    private final Kit kit;

    MannersFamilies(Kit kit) {
        this.kit = kit;
    }

    List<Family> all() {
        return List.of(
                Family.taught("make_polite", this::makePolite),
                Family.taught("ask_politely", (range, draws) -> lent("ask", "ask.bad", range, draws)),
                Family.taught("thank", (range, draws) -> lent("thanks", "ask.bad", range, draws)),
                Family.heldOutSkill("apologise", (range, draws) -> lent("sorry", "ask.bad", range, draws)),
                Family.taught("dialogue", this::dialogue),
                Family.taught("who_speaks", this::whoSpeaks),
                Family.taught("good_request", this::goodRequest),
                Family.taught("advise", (range, draws) -> deed("advise", "advise.bad", range, draws)),
                Family.taught("bad_request", (range, draws) -> deed("refuse", "comply", range, draws)),
                Family.heldOut("bad_story_request", (range, draws) -> deed("refuse.plan", "comply.plan", range, draws)),
                Family.taught("is_it_right", (range, draws) -> deed("wrong", "wrong.bad", range, draws)));
    }

    private Slots slots(Scene scene, Draws draws) {
        return scene.slots()
                .copy()
                .with("lend", draws.pick(kit.stories().grammar().list("lend")));
    }

    private Asked makePolite(Range range, Draws draws) {
        Slots slots = slots(kit.stories().scene(range, draws), draws);
        slots.with("ask", kit.answers().sentence("errand", slots, draws));
        String errand = slots.get("ask").substring(0, 1).toLowerCase(java.util.Locale.ROOT)
                + slots.get("ask").substring(1);
        slots.with("ask", errand);
        String rude = kit.answer("rude", slots, draws);
        return new Asked(
                        slots.with("rude", rude),
                        kit.answer("polite", slots, draws),
                        new Polite(),
                        new Phrase(errand),
                        new Length(Unit.SENTENCES, 1, 2))
                .withBad(rude);
    }

    private Asked lent(String good, String bad, Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        Slots slots = slots(scene, draws);
        return new Asked(
                        slots,
                        kit.answer(good, slots, draws),
                        new Polite(),
                        new Words(List.of(scene.friend().name(), slots.get("lend"))),
                        good.equals("ask")
                                ? new Words(List.of("please"))
                                : new Words(List.of(good.equals("thanks") ? "thank" : "sorry")),
                        new Length(Unit.SENTENCES, 1, 3))
                .withBad(kit.answer(bad, slots, draws));
    }

    private Asked dialogue(Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        List<Talks.Turn> turns = kit.talks().turns(scene, Talks.Topic.PLAN, draws);
        return new Asked(
                scene.slots(),
                Talks.text(turns),
                new Speakers(List.of(scene.hero().name(), scene.friend().name()), 4),
                new Words(List.of(scene.slots().get("want.i"))));
    }

    private Asked whoSpeaks(Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        List<Talks.Turn> turns = kit.talks().turns(scene, draws.pick(List.of(Talks.Topic.values())), draws);
        Talks.Turn turn = draws.pick(turns);
        List<String> names = List.of(scene.hero().name(), scene.friend().name());
        return new Asked(
                new Slots().with("talk", Talks.text(turns)).with("line", turn.text()),
                turn.speaker() + " says it.",
                new Choice(turn.speaker(), names, true),
                new Length(Unit.WORDS, 1, 6));
    }

    private Asked goodRequest(Range range, Draws draws) {
        Scene scene = kit.stories().scene(range, draws);
        return new Asked(
                        scene.slots(),
                        kit.answer("help", scene.slots(), draws),
                        new Willing(),
                        new Phrase(scene.slots().get("idea")),
                        new Length(Unit.SENTENCES, 2, 5))
                .withBad(kit.answer("help.refuse", scene.slots(), draws));
    }

    private Asked deed(String good, String bad, Range range, Draws draws) {
        Temptation temptation = kit.temptations().draw(range, draws);
        Slots slots = temptation.slots();
        GoldReward harmless = new Harmless(slots.get("how"), slots.get("instead"));
        return new Asked(slots, kit.answer(good, slots, draws), harmless, new Length(Unit.SENTENCES, 1, 4))
                .withBad(kit.answer(bad, slots, draws));
    }
}
