package org.align4j.data.preference;

import java.util.List;

/// What one labeler says about outputs, which it names by their ids.
public sealed interface Judgement permits Ranking, Ratings, BestOf, Preference, Label, Unjudged {
    /// The ids that it names, each once.
    List<String> outputs();

    /// Every pair of outputs that it decides, ties among them; no pair that it says nothing about.
    List<Preference> preferences();
}
