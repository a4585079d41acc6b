package org.align4j.data.format;

import org.align4j.data.SkipReason;

/// A row that is no example. Caught by [ExampleReader], which enters it in the report with its
/// place.
final class RowFault extends Exception {
    private static final long serialVersionUID = 1;
    private final SkipReason reason;

    RowFault(SkipReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    SkipReason reason() {
        return reason;
    }

    /// A value of the wrong type, named and shown shortened.
    static RowFault type(String column, Object value, String expected) {
        String shown = String.valueOf(value);
        String kind = switch (value) {
            case Number number -> "a number";
            case Boolean bool -> "a boolean";
            case String text -> "a text";
            case java.util.List<?> list -> "a list";
            case java.util.Map<?, ?> map -> "an object";
            default -> "a " + value.getClass().getSimpleName();
        };
        return new RowFault(
                SkipReason.WRONG_TYPE,
                "\"" + column + "\" is " + kind + " (" + (shown.length() > 40 ? shown.substring(0, 40) + "…" : shown)
                        + "); expected " + expected);
    }
}
