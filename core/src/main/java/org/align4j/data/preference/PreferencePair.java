package org.align4j.data.preference;

import org.align4j.data.Completion;
import org.align4j.data.Prompt;
import org.align4j.data.Source;

/// Two outputs for a prompt, the first one preferred or both tied.
///
/// @param preference whether they are tied, the margin and the soft label, with the outputs' ids
public record PreferencePair(
        Prompt prompt,
        Completion chosen,
        Completion rejected,
        Preference preference,
        Annotation annotation,
        Source source) {}
