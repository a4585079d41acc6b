package org.align4j.rating;

import java.util.Optional;
import org.align4j.data.preference.Judgement;

/// What one labeler says about items, which are named by the judgement's ids.
///
/// @param labeler who; empty if not said
/// @param question what the items were judged on, such as a prompt; empty if not said
public record Vote(Judgement judgement, Optional<String> labeler, Optional<String> question) {
    /// By nobody in particular.
    public static Vote of(Judgement judgement) {
        return new Vote(judgement, Optional.empty(), Optional.empty());
    }
}
