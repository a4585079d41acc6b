package org.align4j.data.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Message;
import org.align4j.data.Prompt;
import org.align4j.data.SkipReason;
import org.align4j.data.rows.Row;

/// Makes prompts of rows, to be answered: `prompt` (a text or a list of messages), `messages` or
/// `conversations` up to their last answer, transcripts (`chosen`) likewise, `instruction` with
/// `input`, or `text`. What answers a row has is left aside.
public final class PromptReader {
    private final Map<String, String> mapping;
    private final DataReport report;

    /// @param mapping where these columns come from, as in [FormatOptions]
    public PromptReader(Map<String, String> mapping, DataReport report) {
        this.mapping = Map.copyOf(mapping);
        this.report = report;
    }

    /// The prompt in a row, or empty and an entry in the report.
    public Optional<Prompt> read(Row row) {
        try {
            Prompt prompt = prompt(new Columns(row, mapping));
            report.use();
            return Optional.of(prompt);
        } catch (RowFault fault) {
            report.skip(fault.reason(), row.source(), String.valueOf(fault.getMessage()));
            return Optional.empty();
        }
    }

    /// `prompt` with `system` and `tools`.
    static Prompt of(Columns columns) throws RowFault {
        String system = columns.textOrEmpty("system");
        Object value = columns.value("prompt").orElse("");
        return value instanceof String
                ? Prompt.of(system, columns.text("prompt"))
                : turns(columns, system, MessageList.of("prompt", value));
    }

    /// The prompt in a row.
    static Prompt prompt(Columns columns) throws RowFault {
        Prompt prompt = found(columns);
        if (prompt.conversation().messages().stream()
                .allMatch(message -> message.content().isBlank())) {
            throw new RowFault(SkipReason.BAD_CONVERSATION, "the prompt is empty");
        }
        return prompt;
    }

    private static Prompt found(Columns columns) throws RowFault {
        if (columns.value("prompt").isPresent()) {
            return of(columns);
        }
        String system = columns.textOrEmpty("system");
        for (String column : List.of("messages", "conversations")) {
            Optional<Object> value = columns.value(column);
            if (value.isPresent()) {
                return turns(columns, system, asked(column, MessageList.of(column, value.get())));
            }
        }
        Object chosen = columns.value("chosen").orElse("");
        if (Transcript.is(chosen)) {
            return Transcript.prompt(String.valueOf(chosen));
        }
        if (columns.value("instruction").isPresent()) {
            String input = columns.textOrEmpty("input");
            String instruction = columns.text("instruction");
            return Prompt.of(system, input.isBlank() ? instruction : instruction + "\n\n" + input);
        }
        if (columns.value("text").isPresent()) {
            return Prompt.of(system, columns.text("text"));
        }
        throw new RowFault(
                SkipReason.MISSING_COLUMN,
                columns.found() + "; expected prompt, messages, instruction or text; map other names to these");
    }

    /// The turns before the answers at the end.
    private static List<Message> asked(String column, List<Message> turns) throws RowFault {
        int end = turns.size();
        while (end > 0 && turns.get(end - 1).isAssistant()) {
            end--;
        }
        if (end == 0) {
            throw new RowFault(SkipReason.BAD_CONVERSATION, "\"" + column + "\" has no turn to answer");
        }
        return turns.subList(0, end);
    }

    private static Prompt turns(Columns columns, String system, List<Message> turns) throws RowFault {
        List<Message> all = new ArrayList<>(turns);
        if (!system.isEmpty() && !all.getFirst().role().equals("system")) {
            all.addFirst(Message.system(system));
        }
        return Prompt.of(new Conversation(all, ExampleReader.tools(columns)));
    }
}
