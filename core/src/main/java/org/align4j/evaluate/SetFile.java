package org.align4j.evaluate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Message;
import org.align4j.data.Source;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.world.gold.GoldRewards;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.WorldJudge;

/// Reads evaluation sets from data files of any format that training reads.
public final class SetFile {
    private SetFile() {}

    /// What a file's rows are.
    public enum Kind {
        /// `question` and `answer`, judged by the last number.
        GSM8K,
        /// A context, options and which is right; see [ChoiceRows].
        CHOICES,
        /// Prompts with completions or conversations, answered freely; the last turn is the
        /// reference.
        ANSWERS,
        /// Instructions of the small world, judged by their gold rewards: a file of
        /// `align4j world instructions`, or a split's name, such as `world:held_out_families`.
        WORLD,
        /// Texts that are predicted.
        TEXT
    }

    private static final Set<String> PARTS = Set.of("train", "test", "validation", "valid", "dev", "eval");

    /// Instructions of the world, where no file says how many.
    private static final int WORLD_INSTRUCTIONS = 250;

    /// Reads `[KIND:]PATH`, such as `gsm8k:test.jsonl`. Without a kind the columns of the first row
    /// tell.
    ///
    /// @throws AlignException.Data naming all rows that cannot be used
    public static EvaluationSet read(String argument) {
        int colon = argument.indexOf(':');
        Optional<Kind> kind = colon < 0 ? Optional.empty() : kind(argument.substring(0, colon));
        String path = kind.isPresent() ? argument.substring(colon + 1) : argument;
        if (kind.equals(Optional.of(Kind.WORLD)) && !Files.exists(Path.of(path))) {
            return world(path);
        }
        List<Row> rows = rows(path);
        String name = name(path);
        return switch (kind.orElseGet(() -> detect(rows.getFirst()))) {
            case GSM8K ->
                new EvaluationSet.Questions(
                        name, each(path, rows, SetFile::gsm8k), List.of(Grader.lastNumber()), List.of("Question:"));
            case CHOICES -> new EvaluationSet.Choices(name, choices(path, rows));
            case ANSWERS -> {
                List<Grader> graders = new ArrayList<>(List.of(Grader.exactMatch()));
                graders.addAll(Grader.likeness());
                yield new EvaluationSet.Questions(
                        name, examples(rows).stream().map(SetFile::question).toList(), graders, List.of());
            }
            case WORLD ->
                WorldSets.of(
                        name,
                        rows,
                        examples(rows).stream().map(SetFile::question).toList());
            case TEXT ->
                new EvaluationSet.Texts(
                        name, examples(rows).stream().map(SetFile::text).toList());
        };
    }

    private static Optional<Kind> kind(String name) {
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(name.toUpperCase(Locale.ROOT))) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private static EvaluationSet world(String name) {
        for (Instructions.Split split : Instructions.Split.values()) {
            if (split.name().equals(name.toUpperCase(Locale.ROOT))) {
                return WorldSets.of(split, 0, WORLD_INSTRUCTIONS, WorldJudge.create());
            }
        }
        throw new AlignException.Data("world:" + name + ": neither a file nor a split; give a file of align4j world"
                + " instructions, or train, held_out_words, held_out_families or held_out_skills");
    }

    private static Kind detect(Row row) {
        Set<String> columns = row.fields().keySet();
        if (columns.contains(GoldRewards.COLUMN)) {
            return Kind.WORLD;
        }
        if (ChoiceRows.fit(columns)) {
            return Kind.CHOICES;
        }
        if (columns.containsAll(Set.of("question", "answer"))
                && String.valueOf(row.fields().get("answer")).contains("####")) {
            return Kind.GSM8K;
        }
        return columns.equals(Set.of("text")) ? Kind.TEXT : Kind.ANSWERS;
    }

    private static List<Row> rows(String path) {
        DataReport report = new DataReport();
        List<Row> rows = new ArrayList<>();
        try (Rows open = Rows.open(List.of(path), ReadOptions.DEFAULT, report)) {
            open.forEachRemaining(rows::add);
        }
        refuse(path, report);
        if (rows.isEmpty()) {
            throw new AlignException.Data(path + ": holds no rows; name another file");
        }
        return rows;
    }

    private static void refuse(String path, DataReport report) {
        if (report.faults() > 0) {
            throw new AlignException.Data(
                    path + ": rows that cannot be used; mend or delete them\n" + String.join("\n", report.problems()));
        }
    }

    /// The file's name without its endings, and its folder's before it where it says only which
    /// part of a data set it is.
    private static String name(String path) {
        Path file = Path.of(path).toAbsolutePath();
        String name = String.valueOf(file.getFileName()).replaceFirst("(?<=.)\\..*", "");
        Path folder = file.getParent();
        return PARTS.contains(name) && folder != null && folder.getFileName() != null
                ? folder.getFileName() + "_" + name
                : name;
    }

    private static <T> List<T> each(String path, List<Row> rows, Function<Row, T> read) {
        List<T> items = new ArrayList<>();
        Problems problems = new Problems();
        for (Row row : rows) {
            try {
                items.add(read.apply(row));
            } catch (AlignException.Data fault) {
                problems.add(String.valueOf(fault.getMessage()));
            }
        }
        problems.throwIfAny(path + ": rows that cannot be used; mend or delete them", AlignException.Data::new);
        return items;
    }

    private static List<Choice> choices(String path, List<Row> rows) {
        if (rows.getFirst().fields().keySet().containsAll(Set.of("prompt", "completion"))) {
            List<String> options = ChoiceRows.completions(path, rows);
            return each(path, rows, row -> ChoiceRows.ofCompletion(row, options));
        }
        return each(path, rows, ChoiceRows::of);
    }

    private static Question gsm8k(Row row) {
        String question = ChoiceRows.text(row, "question");
        String answer = ChoiceRows.text(row, "answer");
        if (LastNumber.of(answer).isEmpty()) {
            throw new AlignException.Data(row.source() + ": \"answer\" holds no number to compare with");
        }
        return new Question(
                Conversation.of(Message.user(question)),
                "Question: " + question + "\nAnswer:",
                Optional.of(answer),
                row.source());
    }

    private static List<Example> examples(List<Row> rows) {
        DataReport report = new DataReport();
        List<Example> examples = new ExampleReader(FormatOptions.DEFAULT, report).readAll(rows.iterator());
        refuse(rows.getFirst().file(), report);
        return examples;
    }

    private static Question question(Example example) {
        return switch (example) {
            case Example.PromptCompletion row ->
                new Question(
                        row.conversation().first(row.system().isEmpty() ? 1 : 2),
                        row.system().isEmpty() ? row.prompt() : row.system() + "\n" + row.prompt(),
                        Optional.of(row.completion()),
                        row.source());
            case Example.Chat chat -> chatQuestion(chat.conversation(), chat.source());
            case Example.Answered row -> chatQuestion(row.prompt().answered(row.completion()), row.source());
            case Example.PlainText text ->
                throw new AlignException.Data(text.source() + ": a text asks nothing; read the file as text:FILE");
        };
    }

    private static Question chatQuestion(Conversation conversation, Source source) {
        int last = conversation.messages().size() - 1;
        if (last < 1 || !conversation.messages().get(last).isAssistant()) {
            throw new AlignException.Data(
                    source + ": the last turn is not the assistant's answer to another; end with one");
        }
        Conversation asked = conversation.first(last);
        String plain = String.join(
                "\n", asked.messages().stream().map(Message::content).toList());
        return new Question(
                asked, plain, Optional.of(conversation.messages().get(last).content()), source);
    }

    private static EvaluationSet.Text text(Example example) {
        String text = switch (example) {
            case Example.PlainText plain -> plain.text();
            case Example.PromptCompletion row -> row.prompt() + row.completion();
            case Example.Chat _, Example.Answered _ ->
                throw new AlignException.Data(
                        example.source() + ": a conversation is no plain text; read the file as answers:FILE");
        };
        return new EvaluationSet.Text(text, example.source());
    }
}
