package org.align4j.data.format;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The forms of data about what is better (`data.format`).
///
/// Every form may also have `labeler` (a text or a number), `tags` (a text or a list of them),
/// `system` and `tools`.
public enum ComparisonFormat {
    /// Recognised by the columns.
    AUTO(List.of()),
    /// `prompt`, `outputs`, `ranking`: `D > C > A = B`, a list of ids or groups of ids, or a list
    /// of places.
    RANKING(List.of("prompt", "outputs", "ranking")),
    /// `prompt`, `outputs`, `ratings`: a list of numbers, or an object of them by id.
    RATINGS(List.of("prompt", "outputs", "ratings")),
    /// `prompt`, `outputs`, `best`: an id, or a position from 0.
    BEST(List.of("prompt", "outputs", "best")),
    /// `prompt`, `completion`, `rating`.
    RATING(List.of("prompt", "completion", "rating")),
    /// `prompt`, `completion`, `label`: whether the completion is good.
    LABEL(List.of("prompt", "completion", "label")),
    /// `chosen`, `rejected`: two dialogues written as text, `\n\nHuman: …\n\nAssistant: …`, which
    /// begin alike.
    TRANSCRIPTS(List.of("chosen", "rejected")),
    /// `chosen`, `rejected`, and `prompt`, which may be left out where both begin with it; texts or
    /// lists of messages. May have `margin`, `probability` (that the chosen one is better; below ½
    /// the two change sides) and `tie`.
    PAIR(List.of("chosen", "rejected")),
    /// `prompt`, `outputs`: not judged, to be scored.
    OUTPUTS(List.of("prompt", "outputs")),
    /// `prompt`, `completion`: one output, not judged.
    COMPLETION(List.of("prompt", "completion"));

    private static final Set<String> OPTIONAL =
            Set.of("prompt", "labeler", "tags", "system", "tools", "margin", "probability", "tie");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> required;

    ComparisonFormat(List<String> required) {
        this.required = required;
    }

    /// Columns that a row of this form has.
    public List<String> required() {
        return required;
    }

    /// The first form that has all its columns among `columns`; [#PAIR] where [#TRANSCRIPTS] fits
    /// too.
    static Optional<ComparisonFormat> fitting(Set<String> columns) {
        return Arrays.stream(values())
                .filter(format -> format != AUTO && format != TRANSCRIPTS && columns.containsAll(format.required))
                .findFirst();
    }

    /// All forms with their columns, for messages.
    static String known() {
        return Arrays.stream(values())
                .filter(format -> format != AUTO && format != TRANSCRIPTS)
                .map(format -> String.join(" + ", format.required))
                .collect(Collectors.joining(", "));
    }

    /// All column names that a mapping may name.
    static Set<String> allColumns() {
        Set<String> names = new TreeSet<>(OPTIONAL);
        Arrays.stream(values()).forEach(format -> names.addAll(format.required));
        return names;
    }
}
