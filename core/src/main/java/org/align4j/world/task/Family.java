package org.align4j.world.task;

import java.util.List;
import java.util.Optional;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Slots;
import org.align4j.world.story.Range;

/// A family of instructions.
///
/// @param name also the name of its rule in `prompts.txt`
/// @param heldOut whether it is asked only in evaluation
/// @param maker makes one of it
record Family(String name, boolean heldOut, Maker maker) {
    static Family taught(String name, Maker maker) {
        return new Family(name, false, maker);
    }

    static Family heldOut(String name, Maker maker) {
        return new Family(name, true, maker);
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
