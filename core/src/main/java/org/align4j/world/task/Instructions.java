package org.align4j.world.task;

import java.util.List;
import java.util.stream.Stream;
import org.align4j.random.CounterRandom;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Grammar;
import org.align4j.world.story.Range;

/// Instructions of the world, each a function of the seed, the split and its number. Immutable.
public final class Instructions {
    /// Slots that hold a text which is asked about.
    private static final List<String> GIVEN = List.of("story", "begin", "talk", "sentences");

    private final CounterRandom random;
    private final Grammar prompts = Grammar.load(Instructions.class, "prompts.txt");
    private final List<Family> families;

    public Instructions(long seed) {
        random = CounterRandom.of(seed, "world instructions");
        Kit kit = Kit.create();
        families = Stream.of(
                        new TellingFamilies(kit).all(),
                        new QuestionFamilies(kit).all(),
                        new WordFamilies(kit).all(),
                        new NumberFamilies(kit).all(),
                        new MannersFamilies(kit).all())
                .flatMap(List::stream)
                .toList();
    }

    /// Which instructions.
    public enum Split {
        /// Taught families, without held-out words and combinations: to learn from.
        TRAIN,
        /// Taught families with held-out names, places and combinations.
        HELD_OUT_WORDS,
        /// Families that were not taught, but whose parts were, in others: sad stories where happy
        /// ones were told and others retold sadly. With held-out names, places and combinations.
        HELD_OUT_FAMILIES,
        /// Families that ask for what no taught one does, with held-out names, places and
        /// combinations.
        HELD_OUT_SKILLS
    }

    /// Names of all families of a split, in a fixed order.
    public List<String> families(Split split) {
        return of(split).map(Family::name).toList();
    }

    /// Instruction `number` (from 0) of a split: the families come in turns.
    public Instruction instruction(Split split, long number) {
        List<Family> turn = of(split).toList();
        return make(turn.get((int) (number % turn.size())), split, number);
    }

    /// Instruction `number` (from 0) of one family.
    ///
    /// @throws IllegalArgumentException for a family that the split doesn't have
    public Instruction instruction(Split split, String family, long number) {
        Family known = of(split)
                .filter(each -> each.name().equals(family))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(split + " has no family named " + family));
        return make(known, split, number);
    }

    private Instruction make(Family family, Split split, long number) {
        Draws draws = new Draws(random.at(split.name().hashCode(), families.indexOf(family), number));
        Family.Asked asked = family.maker().make(split == Split.TRAIN ? Range.COMMON : Range.RARE, draws);
        String prompt = prompts.sentence(family.name(), asked.slots(), draws);
        String given = GIVEN.stream()
                .flatMap(slot -> asked.slots().find(slot).stream())
                .filter(prompt::contains)
                .findFirst()
                .orElse("");
        return new Instruction(family.name(), prompt, given, asked.answer(), asked.golds(), asked.bad());
    }

    private Stream<Family> of(Split split) {
        return families.stream()
                .filter(family -> family.split() == (split == Split.HELD_OUT_WORDS ? Split.TRAIN : split));
    }
}
