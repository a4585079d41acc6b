package org.align4j.tokenizer.template;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;

/// The methods of Python's `str`.
final class StringMethods {
    private interface Method {
        Object call(String text, Arguments arguments);
    }

    private static final Map<String, Method> METHODS = Map.ofEntries(
            entry("strip", (text, arguments) -> strip(text, arguments, true, true)),
            entry("lstrip", (text, arguments) -> strip(text, arguments, true, false)),
            entry("rstrip", (text, arguments) -> strip(text, arguments, false, true)),
            entry("split", (text, arguments) -> split(text, arguments, false)),
            entry("rsplit", (text, arguments) -> split(text, arguments, true)),
            entry("splitlines", (text, arguments) -> {
                boolean keepEnds = arguments.bind("keepends").flag("keepends");
                return new ArrayList<Object>(Strings.lines(text, keepEnds));
            }),
            entry("partition", (text, arguments) -> partition(text, arguments, false)),
            entry("rpartition", (text, arguments) -> partition(text, arguments, true)),
            entry("startswith", (text, arguments) -> affix(text, arguments, "prefix", String::startsWith)),
            entry("endswith", (text, arguments) -> affix(text, arguments, "suffix", String::endsWith)),
            entry("removeprefix", (text, arguments) -> {
                String prefix = arguments.bind("prefix").text("prefix");
                return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
            }),
            entry("removesuffix", (text, arguments) -> {
                String suffix = arguments.bind("suffix").text("suffix");
                return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
            }),
            entry("replace", (text, arguments) -> {
                Arguments.Bound bound = arguments.bind("old", "new", "count");
                return Strings.replace(text, bound.text("old"), bound.text("new"), bound.integer("count", -1));
            }),
            entry("join", (text, arguments) -> join(text, arguments.bind("iterable"))),
            entry("find", (text, arguments) -> codePoints(text, text.indexOf(sub(arguments)))),
            entry("rfind", (text, arguments) -> codePoints(text, text.lastIndexOf(sub(arguments)))),
            entry("index", (text, arguments) -> found(text, text.indexOf(sub(arguments)))),
            entry("rindex", (text, arguments) -> found(text, text.lastIndexOf(sub(arguments)))),
            entry("count", (text, arguments) -> count(text, sub(arguments))),
            entry("upper", (text, arguments) -> LetterCase.upper(without(arguments, text))),
            entry("lower", (text, arguments) -> LetterCase.lower(without(arguments, text))),
            entry("casefold", (text, arguments) -> LetterCase.lower(without(arguments, text))),
            entry("capitalize", (text, arguments) -> LetterCase.capitalize(without(arguments, text))),
            entry("title", (text, arguments) -> LetterCase.title(without(arguments, text), Character::isLetter)),
            entry("isupper", (text, arguments) -> LetterCase.isUpper(without(arguments, text))),
            entry("islower", (text, arguments) -> LetterCase.isLower(without(arguments, text))),
            entry("isdigit", (text, arguments) -> all(without(arguments, text), Character::isDigit)),
            entry("isdecimal", (text, arguments) -> all(without(arguments, text), Character::isDigit)),
            entry("isnumeric", (text, arguments) -> all(without(arguments, text), Character::isDigit)),
            entry("isalpha", (text, arguments) -> all(without(arguments, text), Character::isLetter)),
            entry("isalnum", (text, arguments) -> all(without(arguments, text), Character::isLetterOrDigit)),
            entry("isspace", (text, arguments) -> all(without(arguments, text), Strings::isSpace)),
            entry(
                    "zfill",
                    (text, arguments) ->
                            zeroFilled(text, arguments.bind("width").integer("width", 0))),
            entry("ljust", StringMethods::left),
            entry("rjust", StringMethods::right),
            entry("center", StringMethods::center),
            entry("format", BraceFormat::format));

    private StringMethods() {}

    static Optional<Object> find(String text, String name) {
        return Optional.ofNullable(METHODS.get(name))
                .map(method -> (TemplateFunction) arguments -> method.call(text, arguments));
    }

    /// `text`, after making sure that there are no arguments.
    private static String without(Arguments arguments, String text) {
        arguments.bind();
        return text;
    }

    private static String sub(Arguments arguments) {
        return arguments.bind("sub").text("sub");
    }

    private static String strip(String text, Arguments arguments, boolean left, boolean right) {
        Object characters = arguments.bind("chars").get("chars", None.NONE);
        return Strings.strip(text, Strings.unwanted(characters), left, right);
    }

    private static List<Object> split(String text, Arguments arguments, boolean fromRight) {
        Arguments.Bound bound = arguments.bind("sep", "maxsplit");
        Object separator = bound.get("sep", None.NONE);
        long limit = bound.integer("maxsplit", -1);
        if (separator == None.NONE) {
            return new ArrayList<>(fromRight ? Strings.wordsFromRight(text, limit) : Strings.words(text, limit));
        }
        String between = Strings.require(separator);
        return new ArrayList<>(
                fromRight ? Strings.splitFromRight(text, between, limit) : Strings.split(text, between, limit));
    }

    private static Tuple partition(String text, Arguments arguments, boolean last) {
        String separator = arguments.bind("sep").text("sep");
        Strings.requireSeparator(separator);
        int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    /// `startswith` and `endswith` take one string or a tuple of them.
    private static boolean affix(String text, Arguments arguments, String name, BiPredicate<String, String> test) {
        Object wanted = arguments.bind(name).require(name);
        return wanted instanceof Tuple tuple
                ? tuple.elements().stream().anyMatch(each -> test.test(text, Strings.require(each)))
                : test.test(text, Strings.require(wanted));
    }

    private static String join(String separator, Arguments.Bound bound) {
        List<String> parts = new ArrayList<>();
        for (Object element : Iteration.elements(bound.require("iterable"))) {
            if (!Strings.isString(element)) {
                throw new Fault("sequence item " + parts.size() + ": expected str instance, " + Values.type(element)
                        + " found");
            }
            parts.add(Strings.of(element));
        }
        return Strings.join(separator, parts);
    }

    private static long codePoints(String text, int index) {
        return index < 0 ? -1 : text.codePointCount(0, index);
    }

    private static long found(String text, int index) {
        if (index < 0) {
            throw new Fault("substring not found");
        }
        return codePoints(text, index);
    }

    private static long count(String text, String sub) {
        return sub.isEmpty()
                ? text.codePointCount(0, text.length()) + 1L
                : Strings.split(text, sub, -1).size() - 1L;
    }

    private static boolean all(String text, IntPredicate test) {
        return !text.isEmpty() && text.codePoints().allMatch(test);
    }

    private static String zeroFilled(String text, long width) {
        String zeros = Strings.repeat("0", missing(text, width));
        boolean signed = text.startsWith("-") || text.startsWith("+");
        return signed ? text.charAt(0) + zeros + text.substring(1) : zeros + text;
    }

    private static String left(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("width", "fillchar");
        return text + Strings.repeat(fill(bound), missing(text, bound.integer("width", 0)));
    }

    private static String right(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("width", "fillchar");
        return Strings.repeat(fill(bound), missing(text, bound.integer("width", 0))) + text;
    }

    private static String center(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("width", "fillchar");
        return centered(text, bound.integer("width", 0), fill(bound));
    }

    static String centered(String text, long width, String fill) {
        long missing = missing(text, width);
        // Python puts the odd one before the text where the width is odd
        long before = missing / 2 + (missing & width & 1);
        return Strings.repeat(fill, before) + text + Strings.repeat(fill, missing - before);
    }

    private static long missing(String text, long width) {
        return Math.max(0, width - Iteration.length(text));
    }

    private static String fill(Arguments.Bound bound) {
        String fill = bound.text("fillchar", " ");
        if (Iteration.length(fill) != 1) {
            throw new Fault("The fill character must be exactly one character long");
        }
        return fill;
    }
}
