package org.align4j.data.encode;

import java.util.List;

/// Text with the stretches that are trained.
///
/// @param trained in order, not overlapping
public record MarkedText(String text, List<TextSpan> trained) {
    public MarkedText {
        trained = List.copyOf(trained);
    }
}
