package org.align4j.data;

import java.util.List;
import java.util.Optional;

/// What is to be answered.
///
/// @param conversation the turns before the answer
/// @param text the same as text that an answer goes on, where the data have it so: used for models
///     without a chat template, or where `data.chat` is false. Empty: only as a conversation
public record Prompt(Conversation conversation, Optional<String> text) {
    /// Turns that are given, whoever speaks in them.
    public Prompt {
        conversation = new Conversation(
                conversation.messages().stream().map(Message::untrained).toList(), conversation.tools());
    }

    /// Turns.
    public static Prompt of(Conversation conversation) {
        return new Prompt(conversation, Optional.empty());
    }

    /// Text, which is one user turn where the model has a chat template.
    ///
    /// @param system the system prompt, empty for none
    public static Prompt of(String system, String text) {
        return system.isEmpty()
                ? new Prompt(Conversation.of(Message.user(text)), Optional.of(text))
                : new Prompt(
                        Conversation.of(Message.system(system), Message.user(text)),
                        Optional.of(system + "\n\n" + text));
    }

    /// The conversation with an answer.
    public Conversation answered(Completion completion) {
        List<Message> messages = new java.util.ArrayList<>(conversation.messages());
        messages.addAll(completion.messages());
        return new Conversation(messages, conversation.tools());
    }
}
