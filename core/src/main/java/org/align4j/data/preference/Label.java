package org.align4j.data.preference;

import java.util.List;

/// One output is good or bad by itself, as KTO learns from.
///
/// @param output its id
public record Label(String output, boolean good) implements Judgement {
    @Override
    public List<String> outputs() {
        return List.of(output);
    }

    /// None: there is nothing to compare with.
    @Override
    public List<Preference> preferences() {
        return List.of();
    }
}
