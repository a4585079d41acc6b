package org.align4j.data;

/// One example for supervised training.
public sealed interface Example extends Sample {
    /// A conversation; loss on the assistant's turns.
    record Chat(Conversation conversation, Source source) implements Example {
        @Override
        public Object content() {
            return conversation;
        }
    }

    /// A prompt and how it should be answered; loss on the completion.
    ///
    /// @param system the system prompt, empty for none
    record PromptCompletion(String system, String prompt, String completion, Source source) implements Example {
        public PromptCompletion(String prompt, String completion, Source source) {
            this("", prompt, completion, source);
        }

        /// The same as a conversation of one question and one answer. White space at the prompt's
        /// end, which joins the two in plain text, is no part of a turn.
        public Conversation conversation() {
            String asked = prompt.stripTrailing();
            return system.isEmpty()
                    ? Conversation.of(Message.user(asked), Message.assistant(completion))
                    : Conversation.of(Message.system(system), Message.user(asked), Message.assistant(completion));
        }

        @Override
        public Object content() {
            return java.util.List.of(system, prompt, completion);
        }
    }

    /// A prompt and an answer that may be turns or text; loss on the answer.
    record Answered(Prompt prompt, Completion completion, Source source) implements Example {
        @Override
        public Object content() {
            return java.util.List.of(prompt, completion);
        }
    }

    /// Text to go on with; loss on all of it.
    record PlainText(String text, Source source) implements Example {
        @Override
        public Object content() {
            return text;
        }
    }
}
