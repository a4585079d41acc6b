package org.align4j.tokenizer.template;

/// A failure inside the engine. The innermost node that sees it adds its line; [Template] turns it
/// into the exception that callers get.
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Who is to blame: the template's source, what was given to it, or nobody (the template
    /// refused on purpose).
    enum Kind {
        SYNTAX,
        RENDERING,
        RAISED
    }

    private final Kind kind;

    /// The template's line, 0 where it is not known yet.
    private final int line;

    private final String reason;

    private Fault(Kind kind, int line, String reason) {
        // Templates may fail often (a check that tries several forms): no stack trace.
        super(reason, null, false, false);
        this.kind = kind;
        this.line = line;
        this.reason = reason;
    }

    Fault(String message) {
        this(Kind.RENDERING, 0, message);
    }

    static Fault syntax(int line, String message) {
        return new Fault(Kind.SYNTAX, line, message);
    }

    static Fault raised(String message) {
        return new Fault(Kind.RAISED, 0, message);
    }

    /// The same failure with a line, unless an inner node gave one.
    Fault at(int place) {
        return line > 0 ? this : new Fault(kind, place, reason);
    }

    Kind kind() {
        return kind;
    }

    int line() {
        return line;
    }

    String reason() {
        return reason;
    }
}
