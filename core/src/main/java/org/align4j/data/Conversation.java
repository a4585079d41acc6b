package org.align4j.data;

import java.util.List;
import java.util.Map;

/// Turns in order, and the tools that the assistant may call.
///
/// @param messages the turns, at least one
/// @param tools descriptions of tools as the chat template wants them (JSON schema); usually empty
public record Conversation(List<Message> messages, List<Map<String, Object>> tools) {
    public Conversation {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }

    public static Conversation of(Message... messages) {
        return new Conversation(List.of(messages), List.of());
    }

    /// The turns before turn `end`.
    public Conversation first(int end) {
        return new Conversation(messages.subList(0, end), tools);
    }

    /// Whether loss is taken on any turn.
    public boolean hasTrainedTurn() {
        return messages.stream().anyMatch(Message::trained);
    }
}
