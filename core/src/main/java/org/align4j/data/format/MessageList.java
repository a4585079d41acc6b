package org.align4j.data.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.Message;
import org.align4j.data.SkipReason;
import org.jspecify.annotations.Nullable;

/// Reads lists of messages: `role` and `content`, or ShareGPT's `from` and `value`.
final class MessageList {
    /// ShareGPT's names of speakers.
    private static final Map<String, String> ROLES = Map.ofEntries(
            Map.entry("human", "user"),
            Map.entry("user", "user"),
            Map.entry("gpt", "assistant"),
            Map.entry("chatgpt", "assistant"),
            Map.entry("model", "assistant"),
            Map.entry("assistant", "assistant"),
            Map.entry("system", "system"),
            Map.entry("tool", "tool"),
            Map.entry("observation", "tool"));

    private MessageList() {}

    static List<Message> of(String column, Object value) throws RowFault {
        if (!(value instanceof List<?> list)) {
            throw RowFault.type(column, value, "a list of messages");
        }
        if (list.isEmpty()) {
            throw new RowFault(
                    SkipReason.BAD_CONVERSATION, "\"" + column + "\" is empty; expected at least one message");
        }
        List<Message> messages = new ArrayList<>();
        for (Object element : list) {
            String place = column + "[" + messages.size() + "]";
            if (!(element instanceof Map<?, ?> fields)) {
                throw RowFault.type(place, String.valueOf(element), "an object with role and content");
            }
            messages.add(message(place, fields));
        }
        return messages;
    }

    private static Message message(String place, Map<?, ?> fields) throws RowFault {
        boolean shareGpt = fields.containsKey("from") && !fields.containsKey("role");
        String roleKey = shareGpt ? "from" : "role";
        String contentKey = shareGpt ? "value" : "content";
        if (!(fields.get(roleKey) instanceof String named)) {
            throw new RowFault(
                    SkipReason.MISSING_COLUMN,
                    place + " has no \"" + roleKey + "\" text; it has " + fields.keySet()
                            + ", expected role + content or from + value");
        }
        String role = named;
        if (shareGpt) {
            role = ROLES.get(named.toLowerCase(Locale.ROOT));
            if (role == null) {
                throw new RowFault(
                        SkipReason.BAD_CONVERSATION,
                        place + " is from \"" + named + "\"; expected one of "
                                + new java.util.TreeSet<>(ROLES.keySet()));
            }
        }
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        fields.forEach((key, value) -> {
            // Parquet gives every message the fields of all: null is absence.
            if (value != null && !key.equals(roleKey) && !key.equals(contentKey) && !key.equals("weight")) {
                extra.put(String.valueOf(key), value);
            }
        });
        String content = content(place + "." + contentKey, fields.get(contentKey), extra.containsKey("tool_calls"));
        return new Message(role, content, extra, weight(place, fields.get("weight")));
    }

    private static String content(String place, @Nullable Object content, boolean mayBeAbsent) throws RowFault {
        return switch (content) {
            case String text -> text;
            case null -> {
                if (!mayBeAbsent) {
                    throw new RowFault(SkipReason.MISSING_COLUMN, place + " is missing; expected a text");
                }
                yield "";
            }
            case List<?> parts -> {
                StringBuilder text = new StringBuilder();
                for (Object part : parts) {
                    if (!(part instanceof Map<?, ?> fields) || !(fields.get("text") instanceof String piece)) {
                        throw RowFault.type(
                                place, String.valueOf(part), "text parts only: images and sound cannot be trained on");
                    }
                    text.append(piece);
                }
                yield text.toString();
            }
            default -> throw RowFault.type(place, content, "a text");
        };
    }

    private static Optional<Float> weight(String place, @Nullable Object weight) throws RowFault {
        return switch (weight) {
            case null -> Optional.empty();
            case Number number
            when number.floatValue() == 0f || number.floatValue() == 1f -> Optional.of(number.floatValue());
            default -> throw RowFault.type(place + ".weight", weight, "0 (never trained) or 1");
        };
    }
}
