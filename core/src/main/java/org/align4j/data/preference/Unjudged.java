package org.align4j.data.preference;

import java.util.List;

/// Outputs that nobody has judged yet: to be scored, or shown to labelers.
///
/// @param outputs their ids
public record Unjudged(List<String> outputs) implements Judgement {
    public Unjudged {
        outputs = List.copyOf(outputs);
    }

    /// None.
    @Override
    public List<Preference> preferences() {
        return List.of();
    }
}
