package org.align4j.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.align4j.data.rows.Row;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;

/// Rows of multiple choice, under the names that published sets use. The context is `context`,
/// `ctx`, `query` or `prompt` as it stands, or `question`, which is asked as "Question:
/// …\nAnswer:". The options are a list `options`, `choices` or `endings`, or an object with the
/// lists `text` and `label`. The right one is `gold`, `answer`, `label`, `answerKey` or `target`:
/// an index from 0, a label, a letter from A, or the option's text. An option that doesn't begin
/// with white space gets a space before it, unless the context ends with white space.
final class ChoiceRows {
    private static final List<String> CONTEXTS = List.of("context", "ctx", "query", "prompt");
    private static final List<String> OPTIONS = List.of("options", "choices", "endings");
    private static final List<String> RIGHT = List.of("gold", "answer", "label", "answerKey", "target");
    /// A file of prompts and completions with more different completions asks no multiple choice.
    private static final int MOST_COMPLETIONS = 10;

    private ChoiceRows() {}

    static boolean fit(Set<String> columns) {
        return OPTIONS.stream().anyMatch(columns::contains);
    }

    static Choice of(Row row) {
        Object value = row.fields().get(column(row, OPTIONS));
        List<String> labels = List.of();
        if (value instanceof Map<?, ?> table) {
            labels = texts(row, table.get("label"));
            value = table.get("text");
        }
        List<String> options = texts(row, value);
        String context = CONTEXTS.stream()
                .filter(row.fields()::containsKey)
                .findFirst()
                .map(name -> text(row, name))
                .orElseGet(() -> "Question: " + text(row, "question") + "\nAnswer:");
        return new Choice(context, parted(context, options), right(row, options, labels), row.source());
    }

    /// The different completions of a file, which are the options of each of its prompts.
    static List<String> completions(String path, List<Row> rows) {
        Set<String> completions = new TreeSet<>();
        rows.forEach(row -> completions.add(text(row, "completion")));
        if (completions.size() > MOST_COMPLETIONS) {
            throw new AlignException.Data(path + ": " + completions.size() + " different completions are too many to"
                    + " choose from (at most " + MOST_COMPLETIONS + "); read the file as answers:FILE");
        }
        return List.copyOf(completions);
    }

    static Choice ofCompletion(Row row, List<String> completions) {
        String context = text(row, "prompt");
        return new Choice(
                context, parted(context, completions), completions.indexOf(text(row, "completion")), row.source());
    }

    private static List<String> parted(String context, List<String> options) {
        boolean parted = context.isEmpty() || Character.isWhitespace(context.charAt(context.length() - 1));
        return options.stream()
                .map(option -> parted || (!option.isEmpty() && Character.isWhitespace(option.charAt(0)))
                        ? option
                        : " " + option)
                .toList();
    }

    private static int right(Row row, List<String> options, List<String> labels) {
        String name = column(row, RIGHT);
        Object value = row.fields().get(name);
        if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())) {
            return number.intValue();
        }
        if (value instanceof String text) {
            return index(text, options, labels)
                    .orElseThrow(() -> new AlignException.Data(row.source() + ": \"" + name + "\" is \"" + text
                            + "\", which is no index, label, letter or text of an option"));
        }
        throw new AlignException.Data(row.source() + ": \"" + name + "\" is " + value
                + "; expected the right option's index, label, letter or text");
    }

    private static Optional<Integer> index(String text, List<String> options, List<String> labels) {
        List<List<String>> names = List.of(
                labels,
                options,
                IntStream.range(0, options.size())
                        .mapToObj(i -> String.valueOf((char) ('A' + i)))
                        .toList(),
                IntStream.range(0, options.size()).mapToObj(String::valueOf).toList());
        return names.stream()
                .map(list -> list.indexOf(text))
                .filter(index -> index >= 0)
                .findFirst();
    }

    private static List<String> texts(Row row, @Nullable Object value) {
        if (!(value instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
            throw new AlignException.Data(row.source() + ": the options are not a list of texts: " + value);
        }
        List<String> texts = new ArrayList<>();
        list.forEach(element -> texts.add((String) element));
        return texts;
    }

    private static String column(Row row, List<String> names) {
        return names.stream()
                .filter(row.fields()::containsKey)
                .findFirst()
                .orElseThrow(() -> missing(row, String.join(", ", names)));
    }

    static String text(Row row, String name) {
        if (!row.fields().containsKey(name)) {
            throw missing(row, name);
        }
        if (row.fields().get(name) instanceof String text) {
            return text;
        }
        throw new AlignException.Data(
                row.source() + ": \"" + name + "\" is " + row.fields().get(name) + "; expected a text");
    }

    private static AlignException.Data missing(Row row, String names) {
        return new AlignException.Data(row.source() + ": none of the columns " + names + " is there; columns found: "
                + String.join(", ", row.fields().keySet()));
    }
}
