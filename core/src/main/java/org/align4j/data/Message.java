package org.align4j.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One turn of a conversation.
///
/// @param role `system`, `user`, `assistant`, `tool` or what else the chat template knows
/// @param content the text; empty where the data has none, as in a message that only calls tools
/// @param extra the data's other fields (`tool_calls`, `name`, `reasoning_content`…), which the
///     chat template sees
/// @param weight 0: never trained; 1: trained if it is the assistant's; empty: as 1
public record Message(String role, String content, Map<String, @Nullable Object> extra, Optional<Float> weight) {
    public Message {
        extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
    }

    public static Message of(String role, String content) {
        return new Message(role, content, Map.of(), Optional.empty());
    }

    public static Message system(String content) {
        return of("system", content);
    }

    public static Message user(String content) {
        return of("user", content);
    }

    public static Message assistant(String content) {
        return of("assistant", content);
    }

    public boolean isAssistant() {
        return role.equals("assistant");
    }

    /// Whether loss is taken on this turn.
    public boolean trained() {
        return isAssistant() && weight.orElse(1f) != 0f;
    }

    /// The same message, never trained.
    public Message untrained() {
        return new Message(role, content, extra, Optional.of(0f));
    }

    /// What a chat template sees: `role`, `content` and the extra fields.
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("role", role);
        fields.put("content", content);
        fields.putAll(extra);
        return fields;
    }
}
