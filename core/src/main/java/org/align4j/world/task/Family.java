package org.align4j.world.task;

import java.util.List;
import java.util.Optional;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Slots;
import org.align4j.world.story.Range;
import org.align4j.world.task.Instructions.Split;

/// A family of instructions.
///
/// @param name also the name of its rule in `prompts.txt`
/// @param split where it is asked: what [Split#TRAIN] asks, [Split#HELD_OUT_WORDS] does, too
/// @param maker makes one of it
record Family(String name, Split split, Maker maker) {
    static Family taught(String name, Maker maker) {
        return new Family(name, Split.TRAIN, maker);
    }

    /// Asks for a new combination of what taught families ask for.
    static Family heldOut(String name, Maker maker) {
        return new Family(name, Split.HELD_OUT_FAMILIES, maker);
    }

    /// Asks for what no taught family does.
    static Family heldOutSkill(String name, Maker maker) {
        return new Family(name, Split.HELD_OUT_SKILLS, maker);
    }

    /// Draws what is asked and the right answer.
    interface Maker {
        Asked make(Range range, Draws draws);
    }

    /// What is asked.
    ///
    /// @param slots what the prompts' slots say
    record Asked(Slots slots, String answer, List<GoldReward> golds, Optional<String> bad) {
        Asked(Slots slots, String answer, GoldReward... golds) {
            this(slots, answer, List.of(golds), Optional.empty());
        }

        /// The same with an answer as it should not be.
        Asked withBad(String worse) {
            return new Asked(slots, answer, golds, Optional.of(worse));
        }
    }
}
