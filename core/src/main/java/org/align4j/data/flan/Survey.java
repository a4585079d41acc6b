package org.align4j.data.flan;

import java.util.List;

/// What a published collection was: a row of the survey in Longpre et al. (2023), table 1.
///
/// @param release year and month
/// @param model trained on it
/// @param base its size, and whether it is public
/// @param prompts ZS zero-shot, FS few-shot, CoT chain of thought
/// @param tasks in Flan's count / all
/// @param examples in the original
/// @param methods beyond templates
/// @param paper authors, year and title
public record Survey(
        String release,
        String collection,
        String model,
        String base,
        String prompts,
        String tasks,
        String examples,
        List<String> methods,
        String paper) {
    public Survey {
        methods = List.copyOf(methods);
    }
}
