package org.align4j.data.preference;

import org.align4j.data.Completion;
import org.align4j.data.Prompt;
import org.align4j.data.Source;

/// An output that is good or bad by itself.
public record LabeledCompletion(
        Prompt prompt, Completion completion, boolean good, Annotation annotation, Source source) {}
