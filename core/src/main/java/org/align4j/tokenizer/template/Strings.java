package org.align4j.tokenizer.template;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/// Python's string operations that several filters and methods share. Positions count code points.
final class Strings {
    private Strings() {}

    static boolean isString(Object value) {
        return value instanceof String || value instanceof Markup;
    }

    /// The text of a string or marked-up string.
    static String of(Object value) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            default -> throw new IllegalStateException("not a string: " + value.getClass());
        };
    }

    /// The text of what must be a string.
    static String require(Object value) {
        Undefined.require(value);
        if (!isString(value)) {
            throw new Fault("must be str, not " + Values.type(value));
        }
        return of(value);
    }

    static String concat(String left, String right) {
        Limits.text((long) left.length() + right.length());
        return left + right;
    }

    static String repeat(String text, long times) {
        if (text.isEmpty()) {
            return "";
        }
        // Clamped first: the product of a length and any count stays within 64 bits
        long count = Math.min(times, Limits.TEXT + 1L);
        Limits.text(text.length() * count);
        return text.repeat((int) count);
    }

    static String join(String separator, Iterable<String> parts) {
        StringBuilder joined = new StringBuilder();
        boolean first = true;
        for (String part : parts) {
            if (!first) {
                joined.append(separator);
            }
            joined.append(part);
            Limits.text(joined.length());
            first = false;
        }
        return joined.toString();
    }

    /// Python's `str.isspace` of one code point.
    static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint) || codePoint == 0x85;
    }

    static String strip(String text, IntPredicate unwanted, boolean left, boolean right) {
        int start = 0;
        int end = text.length();
        while (left && start < end && unwanted.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && unwanted.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    /// What `strip(characters)` takes away: any of them, or white space where none are given.
    static IntPredicate unwanted(Object characters) {
        if (characters == None.NONE) {
            return Strings::isSpace;
        }
        String set = require(characters);
        return codePoint -> set.indexOf(codePoint) >= 0;
    }

    /// Splits at white space, at most `limit` times where it isn't negative.
    static List<String> words(String text, long limit) {
        List<String> words = new ArrayList<>();
        String rest = strip(text, Strings::isSpace, true, false);
        while (!rest.isEmpty()) {
            if (limit >= 0 && words.size() >= limit) {
                words.add(rest);
                break;
            }
            String trimmed = strip(rest, codePoint -> !isSpace(codePoint), true, false);
            words.add(rest.substring(0, rest.length() - trimmed.length()));
            rest = strip(trimmed, Strings::isSpace, true, false);
        }
        return words;
    }

    /// As [#words], counting the splits from the right.
    static List<String> wordsFromRight(String text, long limit) {
        List<String> words = new ArrayList<>();
        String rest = strip(text, Strings::isSpace, false, true);
        while (!rest.isEmpty()) {
            if (limit >= 0 && words.size() >= limit) {
                words.addFirst(rest);
                break;
            }
            String trimmed = strip(rest, codePoint -> !isSpace(codePoint), false, true);
            words.addFirst(rest.substring(trimmed.length()));
            rest = strip(trimmed, Strings::isSpace, false, true);
        }
        return words;
    }

    static List<String> split(String text, String separator, long limit) {
        requireSeparator(separator);
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = text.indexOf(separator); i >= 0 && (limit < 0 || parts.size() < limit); ) {
            parts.add(text.substring(start, i));
            start = i + separator.length();
            i = text.indexOf(separator, start);
        }
        parts.add(text.substring(start));
        return parts;
    }

    static List<String> splitFromRight(String text, String separator, long limit) {
        requireSeparator(separator);
        List<String> parts = new ArrayList<>();
        String rest = text;
        for (int i = rest.lastIndexOf(separator); i >= 0 && (limit < 0 || parts.size() < limit); ) {
            parts.add(rest.substring(i + separator.length()));
            rest = rest.substring(0, i);
            i = rest.lastIndexOf(separator);
        }
        parts.add(rest);
        return parts.reversed();
    }

    static void requireSeparator(String separator) {
        if (separator.isEmpty()) {
            throw new Fault("empty separator");
        }
    }

    /// The lines of a text; a newline at the end begins none.
    static List<String> lines(String text, boolean keepEnds) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if ("\n\r\u000b\u000c\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(c) < 0) {
                continue;
            }
            int end = i - 1;
            if (c == '\r' && i < text.length() && text.charAt(i) == '\n') {
                i++;
            }
            lines.add(text.substring(start, keepEnds ? i : end));
            start = i;
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    /// Replaces the first `count` occurrences, all where it is negative.
    static String replace(String text, String old, String replacement, long count) {
        if (old.isEmpty()) {
            return interleave(text, replacement, count < 0 ? Long.MAX_VALUE : count);
        }
        StringBuilder replaced = new StringBuilder();
        int start = 0;
        long left = count < 0 ? Long.MAX_VALUE : count;
        for (int i = text.indexOf(old); i >= 0 && left > 0; i = text.indexOf(old, start), left--) {
            replaced.append(text, start, i).append(replacement);
            Limits.text(replaced.length());
            start = i + old.length();
        }
        replaced.append(text, start, text.length());
        Limits.text(replaced.length());
        return replaced.toString();
    }

    /// Python's replacement of the empty string: before every character and at the end.
    private static String interleave(String text, String between, long count) {
        StringBuilder result = new StringBuilder();
        long left = count;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            if (left-- > 0) {
                result.append(between);
            }
            result.appendCodePoint(text.codePointAt(i));
            Limits.text(result.length());
        }
        if (left > 0) {
            result.append(between);
        }
        return result.toString();
    }
}
