package org.align4j.data.flan.template;

import java.util.List;

/// The templates of a kind of task, by what they ask for. A file of the recipe's `templates`, or
/// one that comes with Align4J.
///
/// @param answer ask for the target
/// @param reasoning ask for the rationale and then the target: chain of thought
/// @param inverted ask for the input, given the target
/// @param invertedReasoning ask for the input, given rationale and target
/// @param channel the label, then the input, without further words: the noisy channel of MetaICL
public record TemplateSet(
        List<PromptTemplate> answer,
        List<PromptTemplate> reasoning,
        List<PromptTemplate> inverted,
        List<PromptTemplate> invertedReasoning,
        List<PromptTemplate> channel) {
    public TemplateSet {
        answer = List.copyOf(answer);
        reasoning = List.copyOf(reasoning);
        inverted = List.copyOf(inverted);
        invertedReasoning = List.copyOf(invertedReasoning);
        channel = List.copyOf(channel);
        if (answer.isEmpty()) {
            throw new IllegalArgumentException("answer must hold at least one template");
        }
    }

    /// What a template asks for.
    public enum Direction {
        ANSWER,
        REASONING,
        INVERTED,
        INVERTED_REASONING,
        CHANNEL
    }

    public static TemplateSet defaults(List<PromptTemplate> answer) {
        return new TemplateSet(
                answer,
                List.of(),
                List.of(),
                List.of(),
                List.of(new PromptTemplate("{target}", "{input}", "\n", "\n\n", "", "", List.of())));
    }

    public List<PromptTemplate> of(Direction direction) {
        return switch (direction) {
            case ANSWER -> answer;
            case REASONING -> reasoning;
            case INVERTED -> inverted;
            case INVERTED_REASONING -> invertedReasoning;
            case CHANNEL -> channel;
        };
    }
}
