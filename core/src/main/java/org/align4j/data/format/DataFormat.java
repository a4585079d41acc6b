package org.align4j.data.format;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The forms of supervised data (`data.format`), in the order in which they are recognised.
public enum DataFormat {
    /// Recognised by the columns.
    AUTO(Set.of(), Set.of()),
    /// `messages`: a list of `role` and `content`; optionally `tools`.
    MESSAGES(Set.of("messages"), Set.of("tools")),
    /// `conversations`: a list of `from` (human, gpt, system…) and `value`.
    SHAREGPT(Set.of("conversations"), Set.of("system", "tools")),
    /// `prompt` and `completion`: texts, or lists of messages.
    PROMPT_COMPLETION(Set.of("prompt", "completion"), Set.of("system", "tools")),
    /// `instruction` and `output`; optionally `input`, put below the instruction.
    ALPACA(Set.of("instruction", "output"), Set.of("input", "system")),
    /// `text`: trained on as it is.
    TEXT(Set.of("text"), Set.of());

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> required;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<String> optional;

    DataFormat(Set<String> required, Set<String> optional) {
        this.required = required;
        this.optional = optional;
    }

    /// Columns that a row of this form has.
    public Set<String> required() {
        return required;
    }

    /// Columns that it may have.
    public Set<String> optional() {
        return optional;
    }

    /// The forms that have all their columns among `columns`.
    static List<DataFormat> fitting(Set<String> columns) {
        return Arrays.stream(values())
                .filter(format -> format != AUTO && columns.containsAll(format.required))
                .toList();
    }

    /// All forms with their columns, for messages.
    static String known() {
        return Arrays.stream(values())
                .filter(format -> format != AUTO)
                .map(format -> format.required.stream()
                        .sorted(java.util.Comparator.reverseOrder())
                        .collect(Collectors.joining(" + ")))
                .collect(Collectors.joining(", "));
    }

    /// All column names that a mapping may name.
    static Set<String> allColumns() {
        return Arrays.stream(values())
                .flatMap(format -> java.util.stream.Stream.concat(format.required.stream(), format.optional.stream()))
                .collect(Collectors.toCollection(java.util.TreeSet::new));
    }
}
