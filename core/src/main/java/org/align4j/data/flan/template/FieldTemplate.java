package org.align4j.data.flan.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A text with names in braces: `Question: {input}`. A brace itself is doubled.
///
/// @param source as it was written
/// @param pieces texts and names in turns, a text first and last
public record FieldTemplate(String source, List<String> pieces) {
    public FieldTemplate {
        pieces = List.copyOf(pieces);
    }

    /// @throws IllegalArgumentException where a brace isn't closed
    public static FieldTemplate parse(String source) {
        List<String> pieces = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            boolean doubled = (c == '{' || c == '}') && at + 1 < source.length() && source.charAt(at + 1) == c;
            if (doubled) {
                text.append(c);
                at += 2;
            } else if (c == '{') {
                int end = source.indexOf('}', at);
                if (end < 0) {
                    throw new IllegalArgumentException(
                            "the brace at " + at + " is never closed in \"" + source + "\"; write {{ for a brace");
                }
                pieces.add(text.toString());
                pieces.add(source.substring(at + 1, end).strip());
                text.setLength(0);
                at = end + 1;
            } else {
                text.append(c);
                at++;
            }
        }
        pieces.add(text.toString());
        return new FieldTemplate(source, pieces);
    }

    /// The names it asks for.
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 1; i < pieces.size(); i += 2) {
            names.add(pieces.get(i));
        }
        return names;
    }

    /// Writes the text to `out`.
    ///
    /// @param slots the text of a name
    /// @return a name that has no text, if there is one; what was written is then worthless
    public Optional<String> render(Function<String, Optional<String>> slots, StringBuilder out) {
        for (int i = 0; i < pieces.size(); i++) {
            if (i % 2 == 0) {
                out.append(pieces.get(i));
                continue;
            }
            Optional<String> text = slots.apply(pieces.get(i));
            if (text.isEmpty()) {
                return Optional.of(pieces.get(i));
            }
            out.append(text.get());
        }
        return Optional.empty();
    }
}
