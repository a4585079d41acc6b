package org.align4j.data;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// An answer to a [Prompt].
///
/// @param messages the turns that it adds, at least one; usually one of the assistant's
/// @param text how it goes on where the prompt is text; empty: only as turns
public record Completion(List<Message> messages, Optional<String> text) {
    public Completion {
        messages = List.copyOf(messages);
    }

    /// Turns.
    public static Completion of(List<Message> messages) {
        return new Completion(messages, Optional.empty());
    }

    /// Text, which is one assistant turn where the model has a chat template.
    public static Completion of(String text) {
        return new Completion(List.of(Message.assistant(text)), Optional.of(text));
    }

    /// Whether the assistant says nothing and calls nothing.
    public boolean isEmpty() {
        return messages.stream()
                .filter(Message::isAssistant)
                .allMatch(message ->
                        message.content().isBlank() && !message.extra().containsKey("tool_calls"));
    }

    /// What is said, for people: the turns' contents, one below another.
    public String shown() {
        return messages.stream().map(Message::content).collect(Collectors.joining("\n\n"));
    }
}
