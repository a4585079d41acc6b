package org.align4j.data.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.data.preference.Annotation;
import org.align4j.data.rows.Row;

/// Reads columns of single values. Tables without types have texts for numbers and truth values.
final class Scalars {
    private Scalars() {}

    static double number(String column, String value) throws RowFault {
        try {
            return Double.parseDouble(value.strip());
        } catch (NumberFormatException e) {
            throw RowFault.type(column, value, "a number");
        }
    }

    static Optional<Double> number(Columns columns, String column) throws RowFault {
        Optional<Object> value = columns.value(column).filter(given -> !given.equals(""));
        return value.isEmpty() ? Optional.empty() : Optional.of(number(column, String.valueOf(value.get())));
    }

    static boolean truth(Columns columns, String column) throws RowFault {
        Object value = columns.value(column).orElse("");
        Optional<Boolean> truth = Row.truth(value);
        if (truth.isEmpty()) {
            throw RowFault.type(column, value, "true or false");
        }
        return truth.get();
    }

    /// `labeler` and `tags`.
    static Annotation annotation(Columns columns) throws RowFault {
        Optional<String> labeler = columns.value("labeler").map(String::valueOf).filter(name -> !name.isBlank());
        List<String> tags = new ArrayList<>();
        Object value = columns.value("tags").orElse("");
        switch (value) {
            case List<?> list -> list.forEach(tag -> tags.add(String.valueOf(tag)));
            case String text when text.isBlank() -> {}
            case String text -> tags.add(text);
            default -> throw RowFault.type("tags", value, "a text or a list of texts");
        }
        return new Annotation(labeler, tags);
    }
}
