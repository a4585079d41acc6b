package org.align4j.data.flan.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.align4j.data.SkipReason;
import org.align4j.data.rows.Row;

/// Conversations as examples: each reply is the target, what was said before it the input.
final class ConversationReader {
    private static final Set<String> ASSISTANT = Set.of("assistant", "gpt", "chatgpt", "model", "bot");
    private static final Set<String> SYSTEM = Set.of("system");

    private ConversationReader() {}

    static List<TaskExample> turns(Row row, TaskReader reader) throws Unusable {
        Object value = row.fields().containsKey("conversations")
                ? row.fields().get("conversations")
                : row.fields().get("messages");
        if (!(value instanceof List<?> turns) || turns.isEmpty()) {
            throw new Unusable(
                    SkipReason.MISSING_COLUMN, "neither \"conversations\" nor \"messages\" is a list of turns");
        }
        List<TaskExample> examples = new ArrayList<>();
        StringBuilder before = new StringBuilder();
        for (Object turn : turns) {
            if (!(turn instanceof Map<?, ?> fields)) {
                throw new Unusable(SkipReason.BAD_CONVERSATION, "a turn is no object; expected from and value");
            }
            String role = text(fields, "from", "role").toLowerCase(Locale.ROOT);
            String said = text(fields, "value", "content").strip();
            if (ASSISTANT.contains(role) && !before.isEmpty() && !said.isEmpty()) {
                examples.add(reader.example(row, before.toString(), said, "", List.of(), Map.of()));
            }
            if (!before.isEmpty()) {
                before.append('\n');
            }
            before.append(ASSISTANT.contains(role) ? "Assistant: " : SYSTEM.contains(role) ? "" : "User: ")
                    .append(said);
        }
        if (examples.isEmpty()) {
            throw new Unusable(SkipReason.BAD_CONVERSATION, "no reply to learn; expected turns from gpt or assistant");
        }
        return examples;
    }

    private static String text(Map<?, ?> fields, String name, String other) throws Unusable {
        Object value = fields.containsKey(name) ? fields.get(name) : fields.get(other);
        if (value instanceof String text) {
            return text;
        }
        throw new Unusable(SkipReason.BAD_CONVERSATION, "a turn has no text \"" + name + "\" or \"" + other + "\"");
    }
}
