package org.align4j.data.flan.prompt;

import java.util.Locale;

/// How prompt and completion relate to the example.
public enum Method {
    PLAIN,
    /// The answer is given and the question wanted.
    INVERTED,
    /// The label, then the input, without words about the task.
    CHANNEL,
    /// Text to go on with.
    CAUSAL,
    PREFIX,
    SPAN_CORRUPTION;

    /// As it is written in data: `span_corruption`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
