package org.align4j.world.labeler;

import java.util.Map;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.gold.MannersReward;
import org.align4j.world.gold.MoodReward;
import org.align4j.world.gold.Reading;

/// What a labeler likes beside what an answer is worth. Each has a measure from 0 to 1.
public enum Taste {
    /// Long answers: the number of words over 80, at most 1.
    LENGTH,
    /// Politeness, as its gold reward measures it.
    POLITENESS,
    /// A happy end, as its gold reward measures it.
    HAPPINESS,
    /// What stands first: 1 for the first answer, 0 for the last.
    FIRST;

    private static final double LONG = 80;
    private static final Map<Taste, GoldReward> REWARDS =
            Map.of(POLITENESS, new MannersReward.Polite(), HAPPINESS, new MoodReward(MoodReward.Mood.HAPPY));

    /// @param index of the answer among `count`
    double measure(Reading answer, int index, int count) {
        return switch (this) {
            case LENGTH -> Math.min(1, answer.words().size() / LONG);
            case POLITENESS, HAPPINESS ->
                java.util.Objects.requireNonNull(REWARDS.get(this)).score(answer);
            case FIRST -> count == 1 ? 1 : 1 - index / (count - 1.0);
        };
    }
}
