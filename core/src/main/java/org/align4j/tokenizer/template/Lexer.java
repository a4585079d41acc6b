package org.align4j.tokenizer.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a template's source into tokens.
final class Lexer {
    private static final Pattern RAW_BEGIN = unicode("\\s*raw\\s*(?:-%}\\s*|%})");
    private static final Pattern RAW_END = unicode("\\{%([-+]?)\\s*endraw\\s*(?:\\+%}|-%}\\s*|%}\n?)");
    private static final Pattern FLOAT =
            Pattern.compile("(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
    private static final Pattern NAME = unicode("\\w+");
    private static final List<String> LONG_OPERATORS = List.of("//", "**", "==", "!=", "<=", ">=");
    private static final String OPERATORS = "+-/*%~[](){}<>=.:|,";

    /// What becomes of the newline after a tag or comment and of the blanks before one on its line.
    enum Blocks {
        /// They are not text: `trim_blocks` and `lstrip_blocks`.
        TRIMMED,
        KEPT
    }

    private final String source;
    private final Blocks blocks;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    /// The line of the index where counting last stopped: tokens are made in order, so one pass
    /// counts all.
    private int line = 1;

    private int counted;

    private Lexer(String source, Blocks blocks) {
        this.source = source;
        this.blocks = blocks;
    }

    static List<Token> tokens(String source, Blocks blocks) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines, blocks);
        lexer.run();
        return lexer.tokens;
    }

    private static Pattern unicode(String regex) {
        return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
    }

    private void run() {
        while (at < source.length()) {
            int tag = nextTag();
            if (tag == source.length()) {
                text(source.substring(at));
                break;
            }
            char kind = source.charAt(tag + 1);
            char sign = signAt(tag + 2);
            text(trimmedBefore(at, tag, kind, sign));
            at = tag + (sign == 0 ? 2 : 3);
            switch (kind) {
                case '#' -> comment(tag);
                case '{' -> print(tag);
                default -> {
                    if (!raw(tag)) {
                        tag(tag);
                    }
                }
            }
        }
        at = source.length();
        add(Token.Kind.END, "", at);
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    private char signAt(int index) {
        char c = index < source.length() ? source.charAt(index) : 0;
        return c == '-' || c == '+' ? c : 0;
    }

    /// The text from `start` to the tag at `end`, less what the tag's sign and `lstrip_blocks`
    /// take.
    private String trimmedBefore(int start, int end, char kind, char sign) {
        String text = source.substring(start, end);
        if (sign == '-') {
            return Strings.strip(text, Strings::isSpace, false, true);
        }
        if (sign == '+' || kind == '{' || blocks == Blocks.KEPT) {
            return text;
        }
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean onItsLine = lineStart > 0 || start == 0 || source.charAt(start - 1) == '\n';
        boolean blank = text.codePoints().skip(lineStart).allMatch(Strings::isSpace);
        return onItsLine && blank ? text.substring(0, lineStart) : text;
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            add(Token.Kind.TEXT, text, at);
        }
    }

    private void comment(int tag) {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw Fault.syntax(lineOf(tag), "missing end of comment '#}'");
        }
        char sign = end > at ? signAt(end - 1) : 0;
        at = end + 2;
        trimAfterBlock(sign);
    }

    /// `{% raw %}`: everything up to its end is text.
    private boolean raw(int tag) {
        Matcher begin = RAW_BEGIN.matcher(source).region(at, source.length());
        if (!begin.lookingAt()) {
            return false;
        }
        int start = begin.end();
        Matcher end = RAW_END.matcher(source);
        if (!end.find(start)) {
            throw Fault.syntax(lineOf(tag), "missing end of raw directive '{% endraw %}'");
        }
        String sign = end.group(1);
        at = start;
        text(trimmedBefore(start, end.start(), '%', sign.isEmpty() ? 0 : sign.charAt(0)));
        at = end.end();
        return true;
    }

    private void print(int tag) {
        add(Token.Kind.PRINT_BEGIN, "{{", tag);
        inside("}}", lineOf(tag));
        boolean minus = source.charAt(at) == '-';
        add(Token.Kind.PRINT_END, "}}", at);
        at += minus ? 3 : 2;
        if (minus) {
            skipSpace();
        }
    }

    private void tag(int tag) {
        add(Token.Kind.TAG_BEGIN, "{%", tag);
        inside("%}", lineOf(tag));
        char sign = signAt(at);
        add(Token.Kind.TAG_END, "%}", at);
        at += sign == 0 ? 2 : 3;
        trimAfterBlock(sign);
    }

    private void trimAfterBlock(char sign) {
        if (sign == '-') {
            skipSpace();
        } else if (sign == 0 && blocks == Blocks.TRIMMED && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
    }

    private void skipSpace() {
        while (at < source.length() && Strings.isSpace(source.charAt(at))) {
            at++;
        }
    }

    /// Reads a tag's tokens up to `close` or its signed form, and stops there. Brackets hide a `}}`
    /// inside them.
    private void inside(String close, int tagLine) {
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                throw Fault.syntax(tagLine, "the tag has no end '" + close + "'");
            }
            if (open.isEmpty() && atEnd(close)) {
                return;
            }
            char c = source.charAt(at);
            if (c == '\'' || c == '"') {
                string(c);
            } else if (!number() && !name()) {
                operator(open);
            }
        }
    }

    private boolean atEnd(String close) {
        return source.startsWith("-" + close, at)
                || source.startsWith(close, at)
                || (close.equals("%}") && source.startsWith("+%}", at));
    }

    private void string(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw Fault.syntax(lineOf(at), "a string has no end " + quote);
        }
        add(Token.Kind.STRING, Literals.string(source.substring(at + 1, end), lineOf(at)), at);
        at = end + 1;
    }

    private boolean number() {
        // After a dot digits are an index: x.0.1 is not x . 0.1
        boolean index = at > 0 && source.charAt(at - 1) == '.';
        return (!index && match(FLOAT, Token.Kind.FLOAT)) || match(INTEGER, Token.Kind.INTEGER);
    }

    private boolean name() {
        return !Character.isDigit(source.charAt(at)) && match(NAME, Token.Kind.NAME);
    }

    private boolean match(Pattern pattern, Token.Kind kind) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        add(kind, matcher.group(), at);
        at = matcher.end();
        return true;
    }

    private void operator(Deque<Character> open) {
        char c = source.charAt(at);
        String two = source.substring(at, Math.min(at + 2, source.length()));
        String operator = LONG_OPERATORS.contains(two) ? two : String.valueOf(c);
        if (operator.length() == 1 && OPERATORS.indexOf(c) < 0) {
            throw Fault.syntax(lineOf(at), "unexpected character '" + Character.toString(source.codePointAt(at)) + "'");
        }
        switch (c) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty() || open.pop() != c) {
                    throw Fault.syntax(lineOf(at), "unexpected '" + c + "'");
                }
            }
            default -> {}
        }
        add(Token.Kind.OPERATOR, operator, at);
        at += operator.length();
    }

    private void add(Token.Kind kind, String text, int index) {
        tokens.add(new Token(kind, text, lineOf(index)));
    }

    private int lineOf(int index) {
        for (; counted < index; counted++) {
            if (source.charAt(counted) == '\n') {
                line++;
            }
        }
        return line;
    }
}
