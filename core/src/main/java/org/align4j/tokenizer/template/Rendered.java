package org.align4j.tokenizer.template;

import java.util.List;

/// What a template wrote.
///
/// @param text the whole text
/// @param generation what its `{% generation %}` blocks wrote, in UTF-16 indices of `text`, in the
///     order in which the blocks ended; empty where the template has none
public record Rendered(String text, List<Span> generation) {
    public Rendered {
        generation = List.copyOf(generation);
    }
}
