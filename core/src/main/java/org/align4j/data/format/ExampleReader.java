package org.align4j.data.format;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Message;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.align4j.data.rows.Row;

/// Makes examples of rows. All rows of one reader must have one form: the first usable row's, where
/// the configuration names none.
public final class ExampleReader {
    private final FormatOptions options;
    private final DataReport report;
    private Optional<DataFormat> form;

    public ExampleReader(FormatOptions options, DataReport report) {
        this.options = options;
        this.report = report;
        this.form = Optional.of(options.format()).filter(format -> format != DataFormat.AUTO);
    }

    /// The examples of all rows that are some; the others are entered in the report.
    public List<Example> readAll(Iterator<Row> rows) {
        List<Example> examples = new ArrayList<>();
        rows.forEachRemaining(row -> read(row).ifPresent(examples::add));
        return examples;
    }

    /// The example in a row, or empty and an entry in the report.
    public Optional<Example> read(Row row) {
        Columns columns = new Columns(row, options.columns());
        try {
            DataFormat format = form(columns);
            Example example = example(format, columns);
            form = Optional.of(format);
            return Optional.of(example);
        } catch (RowFault fault) {
            report.skip(fault.reason(), row.source(), String.valueOf(fault.getMessage()));
            return Optional.empty();
        }
    }

    /// The form of the rows so far, empty before the first usable one.
    public Optional<DataFormat> form() {
        return form;
    }

    private DataFormat form(Columns columns) throws RowFault {
        Set<String> names = columns.names();
        if (form.isPresent()) {
            DataFormat known = form.get();
            if (!names.containsAll(known.required())) {
                throw new RowFault(
                        SkipReason.MISSING_COLUMN,
                        columns.found() + "; expected "
                                + String.join(
                                        " + ",
                                        known.required().stream().sorted().toList())
                                + (options.format() == DataFormat.AUTO ? " like the rows before" : ""));
            }
            return known;
        }
        List<DataFormat> fitting = DataFormat.fitting(names);
        if (fitting.isEmpty()) {
            throw new RowFault(
                    SkipReason.MISSING_COLUMN,
                    columns.found() + "; known forms: " + DataFormat.known()
                            + "; map other names with data.columns (for a table without a header line, name its columns"
                            + " with data.header)");
        }
        if (fitting.size() > 1) {
            report.note(
                    "columns fit " + fitting + ": read as " + fitting.getFirst() + "; set data.format for another",
                    columns.row().source());
        }
        return fitting.getFirst();
    }

    private Example example(DataFormat format, Columns columns) throws RowFault {
        Source source = columns.row().source();
        return switch (format) {
            case MESSAGES -> chat(columns, messages(columns, "messages"), source);
            case SHAREGPT -> chat(columns, withSystem(columns, messages(columns, "conversations")), source);
            case PROMPT_COMPLETION -> promptCompletion(columns, source);
            case ALPACA -> {
                String input = columns.textOrEmpty("input");
                String instruction = columns.text("instruction");
                String prompt = input.isBlank() ? instruction : instruction + "\n\n" + input;
                String completion = completion("output", columns.text("output"));
                yield new Example.PromptCompletion(columns.textOrEmpty("system"), prompt, completion, source);
            }
            case TEXT -> new Example.PlainText(completion("text", columns.text("text")), source);
            case AUTO -> throw new IllegalStateException("resolved before");
        };
    }

    private Example promptCompletion(Columns columns, Source source) throws RowFault {
        Object prompt = columns.value("prompt").orElse("");
        Object completion = columns.value("completion").orElse("");
        if (!(prompt instanceof List<?>) && !(completion instanceof List<?>)) {
            String answer = completion("completion", columns.text("completion"));
            String system = columns.textOrEmpty("system");
            String asked = columns.text("prompt");
            // nothing is asked: text to go on with, and no turn of a conversation
            return asked.isEmpty() && system.isEmpty()
                    ? new Example.PlainText(answer, source)
                    : new Example.PromptCompletion(system, asked, answer, source);
        }
        List<Message> messages = new ArrayList<>();
        // The prompt is given, whoever speaks in it.
        for (Message message : side(columns, "prompt", prompt, "user")) {
            messages.add(message.untrained());
        }
        messages.addAll(side(columns, "completion", completion, "assistant"));
        return chat(columns, withSystem(columns, messages), source);
    }

    private static List<Message> side(Columns columns, String column, Object value, String role) throws RowFault {
        return value instanceof List<?> list
                ? MessageList.of(column, list)
                : List.of(Message.of(role, columns.text(column)));
    }

    private static List<Message> messages(Columns columns, String column) throws RowFault {
        Object value = columns.value(column)
                .orElseThrow(() -> new RowFault(
                        SkipReason.MISSING_COLUMN, "\"" + column + "\" is null; expected a list of messages"));
        return MessageList.of(column, value);
    }

    private static List<Message> withSystem(Columns columns, List<Message> messages) throws RowFault {
        String system = columns.textOrEmpty("system");
        if (system.isEmpty() || messages.getFirst().role().equals("system")) {
            return messages;
        }
        List<Message> all = new ArrayList<>(messages);
        all.addFirst(Message.system(system));
        return all;
    }

    private Example chat(Columns columns, List<Message> messages, Source source) throws RowFault {
        List<Message> checked = new ArrayList<>();
        for (Message message : messages) {
            checked.add(message.trained() ? answered(message, checked.size()) : message);
        }
        return new Example.Chat(new Conversation(checked, tools(columns)), source);
    }

    private Message answered(Message message, int index) throws RowFault {
        String content = new EndMark(options.endMark()).off(message.content());
        if (content.isBlank() && !message.extra().containsKey("tool_calls")) {
            throw new RowFault(
                    SkipReason.EMPTY_COMPLETION, "the assistant's message " + index + " is empty; nothing to learn");
        }
        return new Message(message.role(), content, message.extra(), message.weight());
    }

    private String completion(String column, String text) throws RowFault {
        String content = new EndMark(options.endMark()).off(text);
        if (content.isBlank()) {
            throw new RowFault(SkipReason.EMPTY_COMPLETION, "\"" + column + "\" is empty; nothing to learn");
        }
        return content;
    }

    static List<Map<String, Object>> tools(Columns columns) throws RowFault {
        Optional<Object> value = columns.value("tools");
        if (value.isEmpty() || value.get().equals("")) {
            return List.of();
        }
        if (!(value.get() instanceof List<?> list)) {
            throw RowFault.type("tools", value.get(), "a list of objects");
        }
        List<Map<String, Object>> tools = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> tool)) {
                throw RowFault.type("tools[" + tools.size() + "]", String.valueOf(element), "an object");
            }
            Map<String, Object> named = new java.util.LinkedHashMap<>();
            tool.forEach((key, field) -> {
                if (field != null) {
                    named.put(String.valueOf(key), field);
                }
            });
            tools.add(named);
        }
        return tools;
    }
}
