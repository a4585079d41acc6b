package org.align4j.rl.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the text of an answer. Every text is one, words at least.
final class AnswerReader {
    private static final int MOST_PARTS = 40;
    /// x =, f(x) =, x ∈
    private static final Pattern SUBJECT =
            Pattern.compile("^\\\\?[A-Za-z]{1,7}(?:_\\{?\\w\\}?)?(?: ?\\([A-Za-z]\\))? ?(?:=|\\\\in(?![a-z]))");
    private static final Pattern PERCENT = Pattern.compile("^(.*\\d[)}]*) ?(?:%|percent|per cent)$");
    private static final Pattern NOT_WORDS = Pattern.compile("[^\\p{L}\\p{N}.+\\-*/^=<>|:\\\\]");
    private static final Pattern SHORT_WORDS = Pattern.compile("[a-z]{3}(?: [a-z]{3})*");
    private static final Pattern SPLIT_WORDS = Pattern.compile(" (?:and|or) ");
    private static final Pattern PLUS_MINUS = Pattern.compile("\\\\pm(?![a-z])|±");

    private AnswerReader() {}

    static Answer read(String text) {
        return structured(Notation.plain(text), 0);
    }

    private static Answer structured(String plain, int depth) {
        Optional<Answer> assigned = assigned(plain, depth);
        if (assigned.isPresent()) {
            return assigned.get();
        }
        String text = stripped(plain);
        if (depth > 4) {
            return single(text);
        }
        if (PLUS_MINUS.matcher(text).find()) {
            return new Answer.Several(List.of(
                    structured(PLUS_MINUS.matcher(text).replaceAll("+"), depth + 1),
                    structured(PLUS_MINUS.matcher(text).replaceAll("-"), depth + 1)));
        }
        List<String> union = split(text, "\\cup");
        if (union.size() > 1) {
            return several(union, depth);
        }
        if (text.startsWith("\\lbrace") && text.endsWith("\\rbrace")) {
            String inside = text.substring("\\lbrace".length(), text.length() - "\\rbrace".length());
            return several(split(inside, ","), depth);
        }
        Optional<Answer> bracketed = bracketed(text, depth);
        if (bracketed.isPresent()) {
            return bracketed.get();
        }
        List<String> list = listed(text);
        if (list.size() > 1 && list.size() <= MOST_PARTS && list.stream().allMatch(AnswerReader::holdsAFormula)) {
            return several(list, depth);
        }
        return equation(text).orElseGet(() -> single(text));
    }

    /// x = 1, y = 2: which is which counts, in any order.
    private static Optional<Answer> assigned(String plain, int depth) {
        SortedMap<String, Answer> values = new TreeMap<>();
        List<String> parts = listed(plain);
        for (String part : parts) {
            Matcher subject = SUBJECT.matcher(part.strip());
            if (parts.size() < 2 || parts.size() > MOST_PARTS || depth > 4 || !subject.find()) {
                return Optional.empty();
            }
            values.put(subject.group().replace(" ", ""), structured(part.strip().substring(subject.end()), depth + 1));
        }
        return values.size() == parts.size()
                ? Optional.of(new Answer.Ordered(String.join(" ", values.keySet()), List.copyOf(values.values())))
                : Optional.empty();
    }

    private static List<String> listed(String text) {
        List<String> list = new ArrayList<>();
        for (String part : split(text, ",")) {
            list.addAll(List.of(SPLIT_WORDS.split(part)));
        }
        return list;
    }

    private static String stripped(String plain) {
        String text = plain.strip();
        Matcher subject = SUBJECT.matcher(text);
        return subject.find() ? text.substring(subject.end()).strip() : text;
    }

    /// In a list of words, "and" is a word.
    private static boolean holdsAFormula(String part) {
        return !single(stripped(part)).readings().isEmpty();
    }

    private static Answer several(List<String> parts, int depth) {
        List<Answer> answers = parts.stream()
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .limit(MOST_PARTS)
                .map(part -> structured(part, depth + 1))
                .toList();
        return answers.size() == 1 ? answers.getFirst() : new Answer.Several(answers);
    }

    private static Optional<Answer> bracketed(String text, int depth) {
        if (text.length() < 2 || "([".indexOf(text.charAt(0)) < 0 || ")]".indexOf(text.charAt(text.length() - 1)) < 0) {
            return Optional.empty();
        }
        String inside = text.substring(1, text.length() - 1);
        List<String> parts = split(inside, ",");
        if (parts.size() < 2 || parts.size() > MOST_PARTS || !balanced(inside)) {
            return Optional.empty();
        }
        return Optional.of(new Answer.Ordered(
                text.substring(0, 1) + text.charAt(text.length() - 1),
                parts.stream().map(part -> structured(part, depth + 1)).toList()));
    }

    private static boolean balanced(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            depth += change(text.charAt(i));
            if (depth < 0) {
                return false;
            }
        }
        return depth == 0;
    }

    private static int change(char character) {
        return switch (character) {
            case '(', '[', '{' -> 1;
            case ')', ']', '}' -> -1;
            default -> 0;
        };
    }

    /// Splits where no bracket is open.
    private static List<String> split(String text, String sign) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            depth += change(text.charAt(i));
            if (depth == 0 && text.startsWith(sign, i)) {
                parts.add(text.substring(start, i));
                start = i + sign.length();
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static Optional<Answer> equation(String text) {
        String[] sides = text.split("=", -1);
        if (sides.length != 2) {
            return Optional.empty();
        }
        Optional<Expression> left = ExpressionReader.read(sides[0].strip());
        Optional<Expression> right = ExpressionReader.read(sides[1].strip());
        // 2 + 3 = 5 is a way to say 5
        return left.isPresent()
                        && right.isPresent()
                        && (left.get().varies() || right.get().varies())
                ? Optional.of(new Answer.Equation(new Expression.Sum(left.get(), new Expression.Negative(right.get()))))
                : Optional.empty();
    }

    private static Answer.Single single(String whole) {
        String text = whole.substring(whole.lastIndexOf('=') + 1).strip();
        List<Answer.Reading> readings = new ArrayList<>();
        Matcher percent = PERCENT.matcher(text);
        if (percent.find()) {
            ExpressionReader.read(percent.group(1).strip())
                    .ifPresent(value -> readings.add(new Answer.Reading(value, Optional.empty(), false, true)));
        } else {
            Optional<Expression> formula = ExpressionReader.read(text);
            formula.ifPresent(value -> readings.add(new Answer.Reading(value, Optional.empty(), false, false)));
            for (int at = lastWord(text, text.length()); at >= 0; at = lastWord(text, at)) {
                measured(text.substring(0, at), text.substring(at), formula.isPresent())
                        .ifPresent(readings::add);
            }
        }
        String words = NOT_WORDS.matcher(whole).replaceAll("").toLowerCase(Locale.ROOT);
        return new Answer.Single(words, SHORT_WORDS.matcher(text).matches(), readings);
    }

    /// An amount and its unit.
    ///
    /// @param formula whether both together are a formula: in 5x or x² + 3 y is no unit
    private static Optional<Answer.Reading> measured(String amount, String name, boolean formula) {
        Optional<Unit> unit = Unit.named(name.strip());
        boolean word = amount.endsWith(" ")
                && Arrays.stream(name.strip().split(" "))
                        .allMatch(
                                each -> each.chars().filter(Character::isLetter).count() > 1);
        return ExpressionReader.read(amount.strip())
                .filter(value -> !formula || (!value.varies() && (unit.isPresent() || word)))
                .map(value -> new Answer.Reading(value, unit, true, false));
    }

    /// Where the last word before `end` begins, such as cm, km/h or m^2; −1 where there is none.
    private static int lastWord(String text, int end) {
        int stop = end > 0 && text.charAt(end - 1) == ' ' ? end - 1 : end;
        if (stop > 0 && isDigit(text.charAt(stop - 1))) {
            stop -= stop > 1 && text.charAt(stop - 2) == '^' ? 2 : 1;
        }
        int start = stop;
        while (start > 0 && (isLatin(text.charAt(start - 1)) || "./-".indexOf(text.charAt(start - 1)) >= 0)) {
            start--;
        }
        while (start < stop && !isLatin(text.charAt(start))) {
            start++;
        }
        String word = text.substring(start, stop);
        // a command of LaTeX is no word
        boolean command = start > 0 && text.charAt(start - 1) == '\\';
        return word.isEmpty() || command || word.equals("and") || word.equals("or") ? -1 : start;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static boolean isLatin(char character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    }
}
