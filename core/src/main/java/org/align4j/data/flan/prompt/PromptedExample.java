package org.align4j.data.flan.prompt;

import org.align4j.data.Source;

/// What a model is trained on.
///
/// @param task its name
/// @param language of the example
/// @param template `SET/DIRECTION/NUMBER`, or the name of a promptsource template
/// @param shots examples in the prompt
/// @param source of the example that is asked
public record PromptedExample(
        String prompt,
        String completion,
        String task,
        String family,
        String language,
        PromptType type,
        Method method,
        String template,
        int shots,
        Source source) {}
