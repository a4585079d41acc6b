package org.align4j.data.flan.prompt;

import java.util.Locale;

/// What stands in a prompt beside the question.
public enum PromptType {
    ZERO_SHOT,
    /// Examples with answers before it.
    FEW_SHOT,
    /// The answer reasons first.
    COT_ZERO_SHOT,
    COT_FEW_SHOT,
    /// The form of Natural Instructions: definition, right and wrong examples with explanations.
    DETAILED;

    static PromptType of(boolean reasoning, int shots) {
        if (reasoning) {
            return shots > 0 ? COT_FEW_SHOT : COT_ZERO_SHOT;
        }
        return shots > 0 ? FEW_SHOT : ZERO_SHOT;
    }

    /// As it is written in data: `few_shot`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
