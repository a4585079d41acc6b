package org.align4j.data;

/// Why a row is not used.
public enum SkipReason {
    BROKEN_ROW("broken rows", true),
    UNREADABLE_FILE("files that could not be read to their end", true),
    WRONG_TYPE("values of the wrong type", true),
    MISSING_COLUMN("missing or unknown columns", true),
    EMPTY_COMPLETION("empty completions", true),
    BAD_CONVERSATION("conversations that cannot be used", true),
    BAD_JUDGEMENT("rankings, ratings or choices that don't fit their outputs", true),
    NO_VOTE("rows that are no vote", true),
    DIFFERENT_PROMPTS("pairs whose prompts differ", true),
    IDENTICAL_OUTPUTS("comparisons of identical outputs", true),
    CONTRADICTION("comparisons that contradict earlier ones of the same labeler", true),
    TEMPLATE("conversations that the chat template refuses", true),
    NO_TRAINED_TOKEN("examples without a trained token", true),
    NO_CHOICES("missing choices of answers", true),
    NOT_A_CHOICE("answers that are not among the choices", true),
    PROMPT("examples that a prompt template refuses", true),
    /// Chosen by `truncate: drop`, so never a fault.
    TOO_LONG("longer than the maximum, dropped", false);

    private final String description;
    private final boolean fault;

    SkipReason(String description, boolean fault) {
        this.description = description;
        this.fault = fault;
    }

    /// What is counted, in the plural.
    public String description() {
        return description;
    }

    /// Whether [OnError#FAIL] refuses data with such rows.
    public boolean fault() {
        return fault;
    }
}
