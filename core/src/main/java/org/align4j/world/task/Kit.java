package org.align4j.world.task;

import java.util.Locale;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Grammar;
import org.align4j.world.grammar.Slots;
import org.align4j.world.lesson.Facts;
import org.align4j.world.story.Range;
import org.align4j.world.story.Scene;
import org.align4j.world.story.Stories;
import org.align4j.world.story.Story;
import org.align4j.world.story.Talks;
import org.align4j.world.story.Teller;
import org.align4j.world.story.Temptations;

/// What families make their instructions of.
record Kit(Stories stories, Teller teller, Talks talks, Temptations temptations, Facts facts, Grammar answers) {
    static Kit create() {
        Stories stories = new Stories();
        return new Kit(
                stories,
                new Teller(stories.grammar()),
                new Talks(stories.grammar()),
                new Temptations(stories),
                new Facts(),
                Grammar.load(Kit.class, "answers.txt"));
    }

    /// A short story of the range.
    Story story(Range range, Draws draws) {
        return story(stories.scene(range, draws), draws);
    }

    Story story(Scene scene, Draws draws) {
        return teller.tell(scene, Teller.Detail.SHORT, draws);
    }

    /// An answer by a rule of `answers.txt`.
    String answer(String rule, Slots slots, Draws draws) {
        return answers.sentence(rule, slots, draws);
    }

    /// With a capital first letter.
    static String capital(String clause) {
        return clause.substring(0, 1).toUpperCase(Locale.ROOT) + clause.substring(1);
    }
}
