package org.align4j.data.preference;

import java.util.List;

/// What one labeler says about outputs, which it names by their ids.
public sealed interface Judgement permits Ranking, Ratings, BestOf, Preference, Label, Unjudged {
    /// The ids that it names, each once.
    List<String> outputs();

    /// Every pair of outputs that it decides, ties among them; no pair that it says nothing about.
    List<Preference> preferences();

    /// What it says about the order, where a tie means that nobody told: outputs that it doesn't
    /// compare share a place. Loses how far apart they are.
    default Ranking places() {
        return switch (this) {
            case Ranking ranking -> ranking;
            case Ratings ratings -> ratings.ranking();
            case BestOf best -> best.rankingWithOthersTied();
            case Preference pair
            when !pair.tie() -> new Ranking(List.of(List.of(pair.better()), List.of(pair.worse())));
            case Preference tie -> new Ranking(List.of(tie.outputs()));
            case Label label -> new Ranking(List.of(label.outputs()));
            case Unjudged unjudged -> new Ranking(List.of(unjudged.outputs()));
        };
    }
}
