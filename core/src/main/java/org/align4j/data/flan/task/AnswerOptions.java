package org.align4j.data.flan.task;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A question parted from the options at its end.
///
/// @param question without them
/// @param options in order, without dashes; none where the question has none
record AnswerOptions(String question, List<String> options) {
    private static final Pattern LETTERED = Pattern.compile("\\(([A-Z])\\)\\s*");

    /// Options under a line `Options:`, as in FLAN's sets.
    static AnswerOptions listed(String text) {
        int at = text.indexOf("\nOptions:\n");
        if (at < 0) {
            return new AnswerOptions(text, List.of());
        }
        List<String> options = text.substring(at + "\nOptions:\n".length())
                .lines()
                .map(line -> line.startsWith("- ") ? line.substring(2) : line)
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return new AnswerOptions(text.substring(0, at), options);
    }

    /// Options `(A) … (B) …` on the second line, as in UnifiedQA; what follows them (the context)
    /// stays.
    static AnswerOptions lettered(String text) {
        List<String> lines = new ArrayList<>(text.lines().map(String::strip).toList());
        if (lines.size() < 2 || !lines.get(1).startsWith("(A)")) {
            return new AnswerOptions(String.join("\n", lines), List.of());
        }
        String all = lines.remove(1);
        Matcher letters = LETTERED.matcher(all);
        List<String> options = new ArrayList<>();
        int from = -1;
        while (letters.find()) {
            if (from >= 0) {
                options.add(all.substring(from, letters.start()).strip());
            }
            from = letters.end();
        }
        options.add(all.substring(from).strip());
        return new AnswerOptions(String.join("\n", lines), options);
    }

    /// Whether `target` is one of `choices`, or the letter or name that one of them begins with:
    /// `(A)`, `A`.
    static boolean names(List<String> choices, String target) {
        String letter = target.startsWith("(") ? target : "(" + target + ")";
        return choices.stream()
                .anyMatch(choice -> choice.equals(target)
                        || choice.startsWith(letter)
                        || choice.startsWith(target + ":")
                        || choice.startsWith(target + ")")
                        || choice.startsWith(target + "."));
    }
}
