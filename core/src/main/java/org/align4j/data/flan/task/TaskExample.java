package org.align4j.data.flan.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.Source;
import org.jspecify.annotations.Nullable;

/// One example of a task, before a prompt is made of it.
///
/// @param input what is asked; empty where the task is asked by templates over `fields` alone
/// @param target the answer; empty for text to go on with
/// @param rationale the reasoning that leads to the answer; empty where there is none
/// @param choices the answers to choose from; none where the answer is free
/// @param language code such as `en`
/// @param fields everything else that templates may name
/// @param source where it came from
public record TaskExample(
        String input,
        String target,
        String rationale,
        List<String> choices,
        String language,
        Map<String, @Nullable Object> fields,
        Source source) {
    public TaskExample {
        choices = List.copyOf(choices);
        fields = fields.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// The text of a named slot: one of this record's own, or a field that is a text, a number or a
    /// truth value.
    public Optional<String> text(String name) {
        return switch (name) {
            case "input" -> Optional.of(input);
            case "target" -> Optional.of(target);
            case "rationale" -> Optional.of(rationale);
            case "language" -> Optional.of(language);
            default ->
                switch (fields.get(name)) {
                    case String text -> Optional.of(text);
                    case Number number -> Optional.of(number.toString());
                    case Boolean bool -> Optional.of(bool.toString());
                    case null, default -> Optional.empty();
                };
        };
    }

    /// The same with another answer.
    public TaskExample withTarget(String answer) {
        return new TaskExample(input, answer, rationale, choices, language, fields, source);
    }

    public boolean hasRationale() {
        return !rationale.isEmpty();
    }
}
