package org.align4j.data.flan.template;

import java.util.List;

/// How one example is asked and answered, and how several stand together.
///
/// Names: `input`, `target`, `rationale`, `options` (the choices, or nothing where they aren't
/// shown), `definition` (the task's), `language`, and the columns of the data.
///
/// @param prompt what the model sees
/// @param completion what it learns to write
/// @param join between a prompt and its completion, where the prompt doesn't end in white space:
///     `x_y` in Flan
/// @param between two examples of a few-shot prompt
/// @param intro before the first example of a few-shot prompt
/// @param language that the template is written in
/// @param needs names that must not be empty: the template suits examples that have them
public record PromptTemplate(
        String prompt,
        String completion,
        String join,
        String between,
        String intro,
        String language,
        List<String> needs) {
    public PromptTemplate {
        needs = List.copyOf(needs);
        // a brace without its partner is found where the template is written
        FieldTemplate.parse(prompt);
        FieldTemplate.parse(completion);
    }

    public static PromptTemplate defaults(String prompt) {
        return new PromptTemplate(prompt, "{target}", "\n", "\n\n", "", "en", List.of());
    }
}
