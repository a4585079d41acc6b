package org.align4j.tokenizer.template;

/// How far a template may go before it is stopped: a template comes with a downloaded model and is
/// not trusted.
final class Limits {
    /// Nested parentheses, operators and blocks in the source.
    static final int NESTING = 100;

    /// Nested nodes at work, macro calls included.
    static final int DEPTH = 800;

    /// Nested lists and mappings in a value.
    static final int VALUE_DEPTH = 200;

    /// Nodes evaluated in one rendering.
    static final long STEPS = 10_000_000;

    /// UTF-16 units of the output and of any string on the way.
    static final int TEXT = 1 << 24;

    /// Elements of a list made by the template.
    static final int ELEMENTS = 100_000;

    private int depth;
    private long steps;

    /// Counts one node in. A node that fails is never counted out: the rendering ends with it.
    void enter() {
        if (++depth > DEPTH) {
            throw new Fault("nested deeper than " + DEPTH + " levels: a macro or loop that calls itself without end?");
        }
        if (++steps > STEPS) {
            throw new Fault("more than " + STEPS + " steps: a loop without end?");
        }
    }

    void leave() {
        depth--;
    }

    /// The length of a string about to be made.
    static int text(long length) {
        if (length > TEXT) {
            throw new Fault("a text of more than " + TEXT + " characters");
        }
        return (int) length;
    }

    /// The length of a list about to be made.
    static int elements(long size) {
        if (size > ELEMENTS) {
            throw new Fault("a list of more than " + ELEMENTS + " elements");
        }
        return (int) size;
    }

    /// The depth of a value being walked.
    static int valueDepth(int depth) {
        if (depth > VALUE_DEPTH) {
            throw new Fault("a value nested deeper than " + VALUE_DEPTH + " levels");
        }
        return depth;
    }
}
