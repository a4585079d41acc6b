package org.align4j.tokenizer.template;

/// A half-open range of a text, in UTF-16 indices (those of [String#substring(int, int)]).
public record Span(int start, int end) {
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("span " + start + ".." + end);
        }
    }

    public int length() {
        return end - start;
    }
}
