package org.align4j.data.flan.prompt;

import org.align4j.data.SkipReason;
import org.align4j.data.Source;

/// What became of a draw.
public sealed interface Outcome {
    /// A prompt was made.
    record Made(PromptedExample example) implements Outcome {}

    /// None could be made.
    ///
    /// @param fault what is wrong, with task and template
    record Refused(SkipReason reason, Source source, String fault) implements Outcome {}
}
