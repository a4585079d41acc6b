package org.align4j.data.flan.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.align4j.data.DataReport;
import org.align4j.data.SkipReason;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.data.rows.TextUnit;
import org.jspecify.annotations.Nullable;

/// Reads a task's files as examples, one row at a time. Rows that are none are entered in the
/// report.
final class TaskReader {
    /// Bytes of a plain text that are read at once, however long it is.
    private static final int PIECE = 1 << 20;

    private static final String CALCULATOR = "<<[^>]*>>";

    private final Task task;
    private final TaskSpec spec;
    private final DataReport report;
    private final Map<String, String> languages = new HashMap<>();

    TaskReader(Task task, DataReport report) {
        this.task = task;
        this.spec = task.spec();
        this.report = report;
        if (spec.format() instanceof TaskFormat.Xp3) {
            task.files()
                    .forEach(file -> LanguageNames.ofFolder(file)
                            .ifPresent(language -> languages.put(file.toString(), language)));
        }
    }

    /// Gives every usable example to `sink` until it wants no more.
    ///
    /// @return what the files say about the whole task
    TaskData.Facts read(Predicate<TaskExample> sink) {
        TaskData.Facts ofSpec = new TaskData.Facts("", spec.definition(), List.of(), List.of());
        if (spec.format() instanceof TaskFormat.NaturalInstructions) {
            Optional<NaturalInstructionsFile> file =
                    NaturalInstructionsFile.read(task.files().getFirst(), report);
            file.ifPresent(opened -> opened.instances(this, report, sink));
            return file.map(NaturalInstructionsFile::facts).orElse(ofSpec);
        }
        List<String> names = task.files().stream().map(Path::toString).toList();
        try (Rows rows = Rows.open(names, options(), report)) {
            boolean more = true;
            while (more && rows.hasNext()) {
                Row row = rows.next();
                try {
                    for (TaskExample example : examples(row)) {
                        if (more) {
                            report.use();
                            more = sink.test(example);
                        }
                    }
                } catch (Unusable fault) {
                    report.skip(fault.reason(), row.source(), task.name() + ": " + fault.getMessage());
                }
            }
        }
        return ofSpec;
    }

    private ReadOptions options() {
        ReadOptions options =
                spec.format().files().map(ReadOptions.DEFAULT::withFormat).orElse(ReadOptions.DEFAULT);
        return switch (spec.format()) {
            case TaskFormat.Cot cot -> options.withHeader(List.of("question", "answer", "rationale"));
            case TaskFormat.UnifiedQa qa -> options.withHeader(List.of("question", "answer"));
            case TaskFormat.Crossfit crossfit -> options.withTextUnit(TextUnit.LINE);
            case TaskFormat.Text text -> options.withPieceBytes(PIECE);
            default -> options;
        };
    }

    private List<TaskExample> examples(Row row) throws Unusable {
        Values values = new Values(row);
        return switch (spec.format()) {
            case TaskFormat.P3 p3 ->
                List.of(example(row, values.text("prompt"), values.text("completion"), "", List.of(), Map.of()));
            case TaskFormat.Cot cot -> {
                AnswerOptions asked = AnswerOptions.listed(values.text("question"));
                yield List.of(example(
                        row,
                        asked.question(),
                        values.text("answer"),
                        values.text("rationale"),
                        asked.options(),
                        Map.of()));
            }
            case TaskFormat.Gsm8k gsm8k -> List.of(wordProblem(row, values));
            case TaskFormat.UnifiedQa qa -> {
                AnswerOptions asked = AnswerOptions.lettered(values.text("question"));
                yield List.of(example(row, asked.question(), values.text("answer"), "", asked.options(), Map.of()));
            }
            case TaskFormat.Crossfit crossfit ->
                List.of(outputs(row, values.text("text").split("\t", -1)));
            case TaskFormat.Xp3 xp3 ->
                List.of(example(row, values.text("inputs"), values.text("targets"), "", List.of(), Map.of()));
            case TaskFormat.Alpaca alpaca ->
                List.of(instruction(row, values.text("instruction"), values.optional("input"), values.text("output")));
            case TaskFormat.SelfInstruct seeds -> seeds(row, values);
            case TaskFormat.Sharegpt sharegpt -> ConversationReader.turns(row, this);
            case TaskFormat.Columns columns -> List.of(columns(row, values, columns));
            case TaskFormat.Promptsource promptsource ->
                List.of(new TaskExample("", "", "", List.of(), language(row), row.fields(), row.source()));
            case TaskFormat.Text text -> windows(row, values.text("text"), text.words());
            case TaskFormat.NaturalInstructions natural -> throw new IllegalStateException("read as a whole file");
        };
    }

    /// A checked example in the row's language.
    TaskExample example(
            Row row,
            String input,
            String target,
            String rationale,
            List<String> choices,
            Map<String, @Nullable Object> fields)
            throws Unusable {
        String answer = withoutEndMark(target).strip();
        if (answer.isEmpty()) {
            throw new Unusable(SkipReason.EMPTY_COMPLETION, "the target is empty; nothing to learn");
        }
        List<String> offered = choices.isEmpty() ? spec.choices() : choices;
        if (!offered.isEmpty() && !AnswerOptions.names(offered, answer)) {
            throw new Unusable(
                    SkipReason.NOT_A_CHOICE,
                    "the target \"" + shown(answer) + "\" is not among the choices " + shown(offered.toString()));
        }
        return new TaskExample(input, answer, rationale.strip(), offered, language(row), fields, row.source());
    }

    private TaskExample wordProblem(Row row, Values values) throws Unusable {
        String answer = values.text("answer");
        int mark = answer.lastIndexOf("####");
        if (mark < 0) {
            throw new Unusable(SkipReason.BROKEN_ROW, "\"answer\" has no line #### N; is this GSM8K?");
        }
        String reasoning = answer.substring(0, mark).replaceAll(CALCULATOR, "");
        return example(row, values.text("question"), answer.substring(mark + 4), reasoning, List.of(), Map.of());
    }

    private List<TaskExample> seeds(Row row, Values values) throws Unusable {
        if (!(row.fields().get("instances") instanceof List<?> instances)) {
            throw new Unusable(SkipReason.MISSING_COLUMN, "missing \"instances\", a list of input and output");
        }
        List<TaskExample> examples = new ArrayList<>();
        for (Object instance : instances) {
            if (!(instance instanceof Map<?, ?> fields) || !(fields.get("output") instanceof String output)) {
                throw new Unusable(SkipReason.WRONG_TYPE, "an instance is no object with a text \"output\"");
            }
            String input = fields.get("input") instanceof String text ? text : "";
            examples.add(instruction(row, values.text("instruction"), input, output));
        }
        return examples;
    }

    private TaskExample instruction(Row row, String instruction, String input, String output) throws Unusable {
        String asked = input.isBlank() ? instruction : instruction + "\n\n" + input;
        return example(row, asked, output, "", List.of(), Map.of("instruction", instruction));
    }

    private TaskExample columns(Row row, Values values, TaskFormat.Columns columns) throws Unusable {
        String target = values.filled(columns.target());
        if (!columns.labels().isEmpty()) {
            target = label(target, columns.labels());
        }
        List<String> choices = columns.choices().isEmpty() ? columns.labels() : values.list(columns.choices());
        return example(
                row,
                values.filled(columns.input()),
                target,
                values.filled(columns.rationale()),
                choices,
                values.without(Set.of("input", "target", "rationale", "language")));
    }

    private static String label(String number, List<String> labels) throws Unusable {
        try {
            return labels.get(Integer.parseInt(number.strip()));
        } catch (NumberFormatException | IndexOutOfBoundsException _) {
            throw new Unusable(
                    SkipReason.NOT_A_CHOICE,
                    "the target \"" + shown(number) + "\" is no number from 0 to " + (labels.size() - 1));
        }
    }

    private TaskExample outputs(Row row, String[] cells) throws Unusable {
        if (cells.length < 2) {
            throw new Unusable(SkipReason.BROKEN_ROW, "no tab in the line; expected input, tab, output");
        }
        return example(row, cells[0].replace("\\n", "\n"), cells[1].replace("\\n", "\n"), "", List.of(), Map.of());
    }

    private List<TaskExample> windows(Row row, String text, int words) {
        List<TaskExample> windows = new ArrayList<>();
        int from = 0;
        int count = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean end = i == text.length();
            boolean wordEnds = !end
                    && Character.isWhitespace(text.charAt(i))
                    && i > 0
                    && !Character.isWhitespace(text.charAt(i - 1));
            count += wordEnds ? 1 : 0;
            if (end || (wordEnds && count >= words)) {
                String window = text.substring(from, i).strip();
                if (!window.isEmpty()) {
                    windows.add(new TaskExample(window, "", "", List.of(), language(row), Map.of(), row.source()));
                }
                from = i;
                count = 0;
            }
        }
        return windows;
    }

    private String language(Row row) {
        return row.fields().get("language") instanceof String language && !language.isBlank()
                ? language
                : languages.getOrDefault(row.file(), spec.language());
    }

    private String withoutEndMark(String text) {
        String rest = text.strip();
        while (!spec.endMark().isEmpty() && rest.endsWith(spec.endMark())) {
            rest = rest.substring(0, rest.length() - spec.endMark().length()).strip();
        }
        return rest;
    }

    private static String shown(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
