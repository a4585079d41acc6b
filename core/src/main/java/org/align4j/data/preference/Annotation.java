package org.align4j.data.preference;

import java.util.List;
import java.util.Optional;

/// Who judged, and what the data say about the row.
///
/// @param labeler empty if not said
/// @param tags such as a topic or a data set's name
public record Annotation(Optional<String> labeler, List<String> tags) {
    /// Nothing known.
    public static final Annotation NONE = new Annotation(Optional.empty(), List.of());

    public Annotation {
        tags = List.copyOf(tags);
    }
}
