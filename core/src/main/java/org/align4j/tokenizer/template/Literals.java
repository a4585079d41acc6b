package org.align4j.tokenizer.template;

import java.math.BigInteger;

/// The values of literals in a template's source.
final class Literals {
    private Literals() {}

    /// A string's value from what stands between its quotes: Python's escapes, unknown ones left as
    /// they are.
    static String string(String body, int line) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        StringBuilder value = new StringBuilder();
        int i = 0;
        while (i < body.length()) {
            char c = body.charAt(i++);
            if (c != '\\') {
                value.append(c);
                continue;
            }
            char escape = body.charAt(i++);
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> value.append(escape);
                case 'a' -> value.append('\u0007');
                case 'b' -> value.append('\b');
                case 'f' -> value.append('\f');
                case 'n' -> value.append('\n');
                case 'r' -> value.append('\r');
                case 't' -> value.append('\t');
                case 'v' -> value.append('\u000b');
                case 'x', 'u', 'U' -> {
                    int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
                    value.appendCodePoint(codePoint(body, i, digits, line));
                    i += digits;
                }
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    int end = i - 1;
                    while (end < body.length() && end < i + 2 && body.charAt(end) >= '0' && body.charAt(end) <= '7') {
                        end++;
                    }
                    value.appendCodePoint(Integer.parseInt(body.substring(i - 1, end), 8));
                    i = end;
                }
                default -> value.append('\\').append(escape);
            }
        }
        return value.toString();
    }

    private static int codePoint(String body, int start, int digits, int line) {
        String hex = body.substring(start, Math.min(start + digits, body.length()));
        boolean whole = hex.length() == digits && hex.chars().allMatch(c -> Character.digit(c, 16) >= 0);
        long code = whole ? Long.parseLong(hex, 16) : -1;
        if (code < 0 || code > Character.MAX_CODE_POINT) {
            throw Fault.syntax(line, "a broken escape '" + hex + "' in a string");
        }
        return (int) code;
    }

    static long integer(String text, int line) {
        String digits = text.replace("_", "");
        int radix = switch (digits.length() > 1 ? Character.toLowerCase(digits.charAt(1)) : '0') {
            case 'b' -> 2;
            case 'o' -> 8;
            case 'x' -> 16;
            default -> 10;
        };
        BigInteger value = new BigInteger(radix == 10 ? digits : digits.substring(2), radix);
        if (value.bitLength() > 63) {
            throw Fault.syntax(line, "the number " + text + " does not fit into 64 bits");
        }
        return value.longValue();
    }

    static double decimal(String text) {
        return Double.parseDouble(text.replace("_", ""));
    }
}
