package org.align4j.data.flan.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.rows.RowFormat;

/// How the files of a task are read (`format`). Where nothing else is said, a file may be JSONL,
/// JSON, CSV, TSV or Parquet, also `.gz` or `.zst`.
public sealed interface TaskFormat {
    /// A prompt and its completion, already rendered by a template: P3 and what `align4j data mix`
    /// writes.
    record P3() implements TaskFormat {}

    /// FLAN's chain-of-thought sets: TSV of question, answer, rationale, without a header. Options
    /// at the question's end become choices.
    record Cot() implements TaskFormat {}

    /// GSM8K: `question`, and an `answer` that reasons and ends in `#### N`. Calculator marks
    /// `<<…>>` are removed.
    record Gsm8k() implements TaskFormat {}

    /// Seed tasks of Self-Instruct: `instruction` and `instances` of `input` and `output`.
    record SelfInstruct() implements TaskFormat {}

    /// Natural Instructions 1 and 2: one JSON file a task, with definition, positive and negative
    /// examples, instances.
    record NaturalInstructions() implements TaskFormat {}

    /// UnifiedQA: TSV of question and answer; choices `(A) … (B) …` on the question's second line.
    record UnifiedQa() implements TaskFormat {}

    /// CrossFit: TSV of input and one or more right outputs, the first of which is the target.
    record Crossfit() implements TaskFormat {}

    /// xP3: `inputs` and `targets`. The language is the column `language`'s, otherwise the folder's
    /// (`de/…`), otherwise the task's.
    record Xp3() implements TaskFormat {}

    /// Alpaca: `instruction`, optionally `input`, and `output`.
    record Alpaca() implements TaskFormat {}

    /// Conversations (`conversations` of `from` and `value`, or `messages`): every reply to what
    /// was said before it.
    record Sharegpt() implements TaskFormat {}

    /// Any columns.
    ///
    /// @param target the answer's column, or a text with columns in braces
    /// @param input the question's column, or a text with columns in braces; empty: templates name
    ///     the columns
    /// @param rationale the reasoning's; empty: none
    /// @param choices a column that holds a list, or a text with `|` between; empty: none
    /// @param labels texts for numbered targets: 0 is the first
    record Columns(String target, String input, String rationale, String choices, List<String> labels)
            implements TaskFormat {
        public Columns {
            labels = List.copyOf(labels);
        }

        public static Columns defaults(String target) {
            return new Columns(target, "", "", "", List.of());
        }
    }

    /// Raw data asked by templates of promptsource.
    ///
    /// @param templates promptsource's `templates.yaml`; `{recipe}` and `{data}` as in `files`
    /// @param only names of the templates used; none: all
    record Promptsource(String templates, List<String> only) implements TaskFormat {
        public Promptsource {
            only = List.copyOf(only);
        }

        public static Promptsource defaults(String templates) {
            return new Promptsource(templates, List.of());
        }
    }

    /// Plain text to go on with, for objectives of pretraining.
    ///
    /// @param words of one example: longer documents are cut
    record Text(int words) implements TaskFormat {
        public Text {
            if (words < 8) {
                throw new IllegalArgumentException("words must be ≥ 8, got " + words);
            }
        }

        public static Text defaults() {
            return new Text(200);
        }
    }

    /// The file format that the task format fixes, whatever the files are called.
    default Optional<RowFormat> files() {
        return switch (this) {
            case Cot cot -> Optional.of(RowFormat.TSV);
            case UnifiedQa qa -> Optional.of(RowFormat.TSV);
            case Crossfit crossfit -> Optional.of(RowFormat.TEXT);
            case Text text -> Optional.of(RowFormat.TEXT);
            case P3 p3 -> Optional.empty();
            case Gsm8k gsm8k -> Optional.empty();
            case SelfInstruct seeds -> Optional.empty();
            case NaturalInstructions natural -> Optional.empty();
            case Xp3 xp3 -> Optional.empty();
            case Alpaca alpaca -> Optional.empty();
            case Sharegpt sharegpt -> Optional.empty();
            case Columns columns -> Optional.empty();
            case Promptsource promptsource -> Optional.empty();
        };
    }

    /// The set of templates that suits the format where a task names none.
    default String templateSet() {
        return switch (this) {
            case Cot cot -> "question";
            case Gsm8k gsm8k -> "math";
            case UnifiedQa qa -> "question";
            case Text text -> "rendered";
            case P3 p3 -> "rendered";
            case Xp3 xp3 -> "rendered";
            case Promptsource promptsource -> "rendered";
            case Sharegpt sharegpt -> "dialogue";
            case SelfInstruct seeds -> "instruction";
            case NaturalInstructions natural -> "definition";
            case Crossfit crossfit -> "plain";
            case Alpaca alpaca -> "instruction";
            case Columns columns -> "question";
        };
    }

    /// Placeholders of a recipe's paths, filled in.
    static String resolve(String name, Map<String, Path> places) {
        String resolved = name;
        for (Map.Entry<String, Path> place : places.entrySet()) {
            resolved = resolved.replace(
                    "{" + place.getKey() + "}", place.getValue().toString());
        }
        return resolved;
    }
}
