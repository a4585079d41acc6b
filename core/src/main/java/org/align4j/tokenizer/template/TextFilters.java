package org.align4j.tokenizer.template;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Filters that make text of a value.
final class TextFilters {
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    static final Map<String, Filters.Filter> FILTERS = Map.ofEntries(
            entry("string", (value, arguments) -> value instanceof Markup ? value : text(value, arguments)),
            entry("upper", (value, arguments) -> LetterCase.upper(text(value, arguments))),
            entry("lower", (value, arguments) -> LetterCase.lower(text(value, arguments))),
            entry("capitalize", (value, arguments) -> LetterCase.capitalize(text(value, arguments))),
            entry("title", (value, arguments) -> LetterCase.title(text(value, arguments), TextFilters::isInTitleWord)),
            entry("trim", (value, arguments) -> {
                Object characters = arguments.bind("chars").get("chars", None.NONE);
                return Strings.strip(PythonText.str(value), Strings.unwanted(characters), true, true);
            }),
            entry("replace", TextFilters::replace),
            entry("indent", TextFilters::indent),
            entry("center", TextFilters::center),
            entry("format", TextFilters::format),
            entry(
                    "wordcount",
                    (value, arguments) ->
                            WORD.matcher(text(value, arguments)).results().count()),
            entry("safe", (value, arguments) -> new Markup(text(value, arguments))),
            entry("escape", TextFilters::escape),
            entry("e", TextFilters::escape));

    private TextFilters() {}

    /// The value as text, after making sure that there are no arguments.
    private static String text(Object value, Arguments arguments) {
        arguments.bind();
        return PythonText.str(value);
    }

    private static boolean isInTitleWord(int codePoint) {
        return "-({[<".indexOf(codePoint) < 0 && !Strings.isSpace(codePoint);
    }

    private static Object replace(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("old", "new", "count");
        Object count = bound.get("count", None.NONE);
        return Strings.replace(
                PythonText.str(value),
                PythonText.str(bound.require("old")),
                PythonText.str(bound.require("new")),
                count == None.NONE ? -1 : Arithmetic.integer(count));
    }

    private static Object indent(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("width", "first", "blank");
        Object width = bound.get("width", 4L);
        String indentation = Strings.isString(width)
                ? Strings.of(width)
                : Strings.repeat(" ", Math.max(0, Arithmetic.integer(width)));
        boolean blank = bound.flag("blank");
        // The newline keeps a last empty line a line
        List<String> lines = Strings.lines(Strings.require(value) + "\n", false);
        List<String> indented = new ArrayList<>(lines.size());
        for (String line : lines) {
            boolean wanted = indented.isEmpty() ? bound.flag("first") : blank || !line.isEmpty();
            indented.add(wanted ? Strings.concat(indentation, line) : line);
        }
        return Strings.join("\n", indented);
    }

    private static Object center(Object value, Arguments arguments) {
        long width = arguments.bind("width").integer("width", 80);
        return StringMethods.centered(PythonText.str(value), width, " ");
    }

    private static Object format(Object value, Arguments arguments) {
        if (!arguments.positional().isEmpty() && !arguments.keywords().isEmpty()) {
            throw new Fault("can't handle positional and keyword arguments at the same time");
        }
        Object mapping = arguments.keywords().isEmpty() ? None.NONE : arguments.keywords();
        return PercentFormat.format(PythonText.str(value), arguments.positional(), mapping);
    }

    private static Object escape(Object value, Arguments arguments) {
        arguments.bind();
        return Markup.escaped(value);
    }
}
