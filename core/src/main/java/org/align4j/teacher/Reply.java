package org.align4j.teacher;

import java.util.Map;

/// What came back for one question.
public sealed interface Reply {
    /// A text.
    ///
    /// @param complete false if it was cut off by the question's limit
    record Answer(String text, boolean complete, Usage usage) implements Reply {}

    /// Log-probabilities of the choices, as asked for by [Teacher#choose].
    ///
    /// @param logps natural logarithm of each choice's probability as the answer; not normalised, a
    ///     choice that the teacher didn't consider is absent: all may be
    record Choice(Map<String, Double> logps, Usage usage) implements Reply {
        public Choice {
            logps = Map.copyOf(logps);
        }
    }

    /// No use can be made of what came, or nothing came.
    ///
    /// @param reason in words, for reports
    /// @param asked false where it was not asked at all, and may be at another time: the teacher
    ///     gave up before it, the budget is spent, somebody interrupted
    record Failure(String reason, boolean asked) implements Reply {
        /// Of a question that was asked.
        public Failure(String reason) {
            this(reason, true);
        }

        /// Of a question that was not asked.
        static Failure unasked(String reason) {
            return new Failure(reason, false);
        }
    }

    /// Tokens read and written.
    record Usage(long promptTokens, long answerTokens) {
        public static final Usage NONE = new Usage(0, 0);

        public Usage plus(Usage other) {
            return new Usage(promptTokens + other.promptTokens, answerTokens + other.answerTokens);
        }

        /// Both.
        public long total() {
            return promptTokens + answerTokens;
        }
    }
}
