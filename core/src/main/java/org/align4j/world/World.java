package org.align4j.world;

import java.util.List;
import org.align4j.random.CounterRandom;
import org.align4j.world.grammar.Draws;
import org.align4j.world.lesson.Facts;
import org.align4j.world.story.Query;
import org.align4j.world.story.Range;
import org.align4j.world.story.Scene;
import org.align4j.world.story.Stories;
import org.align4j.world.story.Story;
import org.align4j.world.story.Talks;
import org.align4j.world.story.Teller;
import org.align4j.world.story.Temptations;

/// The corpus: an unlimited number of plain documents, each a function of the seed and its number
/// alone, so that they can be made in any order and on any thread. Immutable.
public final class World {
    private final CounterRandom random;
    private final Stories stories = new Stories();
    private final Teller teller = new Teller(stories.grammar());
    private final Talks talks = new Talks(stories.grammar());
    private final Temptations temptations = new Temptations(stories);
    private final Facts facts = new Facts();

    public World(long seed) {
        random = CounterRandom.of(seed, "world corpus");
    }

    /// What a document is.
    public enum Kind {
        STORY(47),
        /// A story with questions and answers below it.
        QUESTIONS(13),
        TEMPTATION(7),
        TALK(10),
        /// A day, a plan, a letter, a search.
        SKETCH(8),
        /// About animals, words and numbers, with worked steps.
        FACTS(15);

        private final int percent;

        Kind(int percent) {
            this.percent = percent;
        }
    }

    /// Document `number` (from 0): plain text of some lines, none empty, without a newline at its
    /// end.
    public String document(long number) {
        Draws draws = new Draws(random.at(number));
        return document(kind(draws.below(100)), draws);
    }

    private static Kind kind(int percentile) {
        int left = percentile;
        for (Kind kind : Kind.values()) {
            left -= kind.percent;
            if (left < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("percentages don't add up to 100");
    }

    private String document(Kind kind, Draws draws) {
        Scene scene = stories.scene(Range.ANY, draws);
        return switch (kind) {
            case STORY -> story(scene, draws).text();
            case QUESTIONS -> questions(story(scene, draws), draws);
            case TEMPTATION -> temptations.tell(temptations.draw(Range.ANY, draws), draws.chance(0.6), draws);
            case TALK -> Talks.text(talks.turns(scene, draws.pick(List.of(Talks.Topic.values())), draws));
            case SKETCH -> stories.grammar().sentence("sketch", scene.slots(), draws);
            case FACTS ->
                facts.document(
                        scene.hero().female()
                                ? scene.hero().name()
                                : scene.friend().name(),
                        scene.hero().female()
                                ? scene.friend().name()
                                : scene.hero().name(),
                        draws);
        };
    }

    private Story story(Scene scene, Draws draws) {
        return teller.tell(scene, draws.chance(0.75) ? Teller.Detail.FULL : Teller.Detail.SHORT, draws);
    }

    private static String questions(Story story, Draws draws) {
        StringBuilder text = new StringBuilder(story.text());
        boolean reasons = draws.chance(0.4);
        List<Query> queries = Query.of(story);
        for (Query query : draws.some(queries, draws.between(1, 4))) {
            text.append("\nQuestion: ").append(query.question()).append("\nAnswer: ");
            text.append(reasons ? query.reasoned() : query.answer());
        }
        return text.toString();
    }
}
