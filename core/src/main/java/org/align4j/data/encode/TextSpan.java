package org.align4j.data.encode;

/// A stretch of a text in UTF-16 units, `end` excluded.
public record TextSpan(int start, int end) {
    public TextSpan {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("a span from " + start + " to " + end);
        }
    }
}
