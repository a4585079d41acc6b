package org.align4j.tokenizer.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/// How Python prints values: `str` and `repr`.
final class PythonText {
    private PythonText() {}

    /// What `{{ value }}` writes.
    static String str(Object value) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Undefined _ -> "";
            default -> repr(value);
        };
    }

    static String repr(Object value) {
        StringBuilder text = new StringBuilder();
        append(value, text, 0);
        return text.toString();
    }

    private static void append(Object value, StringBuilder text, int depth) {
        int inner = Limits.valueDepth(depth) + 1;
        switch (value) {
            case String string -> quote(string, text);
            case Markup markup -> {
                text.append("Markup(");
                quote(markup.text(), text);
                text.append(')');
            }
            case Boolean flag -> text.append(flag ? "True" : "False");
            case Double number -> text.append(decimal(number));
            case None _ -> text.append("None");
            case Undefined _ -> text.append("Undefined");
            case List<?> list -> appendAll("[", list, "]", text, inner);
            case Tuple tuple ->
                appendAll("(", tuple.elements(), tuple.elements().size() == 1 ? ",)" : ")", text, inner);
            case Map<?, ?> map -> appendEntries(map, text, inner);
            case View view -> appendAll(view.type() + "([", view.elements(), "])", text, inner);
            case Range range -> {
                text.append("range(").append(range.start()).append(", ").append(range.stop());
                text.append(range.step() == 1 ? ")" : ", " + range.step() + ")");
            }
            case Generator _ -> text.append("<generator object>");
            case Namespace namespace -> {
                text.append("<Namespace ");
                appendEntries(namespace.attributes(), text, inner);
                text.append('>');
            }
            case LoopState loop ->
                text.append("<LoopContext ")
                        .append(loop.index())
                        .append('/')
                        .append(loop.length())
                        .append('>');
            case Macro macro -> {
                text.append("<Macro ");
                quote(macro.name(), text);
                text.append('>');
            }
            case TemplateFunction _ -> text.append("<function>");
            default -> text.append(value);
        }
        Limits.text(text.length());
    }

    private static void appendAll(String open, List<?> elements, String close, StringBuilder text, int depth) {
        text.append(open);
        String separator = "";
        for (Object element : elements) {
            text.append(separator);
            append(element, text, depth);
            separator = ", ";
        }
        text.append(close);
    }

    private static void appendEntries(Map<?, ?> map, StringBuilder text, int depth) {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            text.append(separator);
            append(entry.getKey(), text, depth);
            text.append(": ");
            append(entry.getValue(), text, depth);
            separator = ", ";
        }
        text.append('}');
    }

    /// In single quotes, unless the text has such and no double ones.
    private static void quote(String string, StringBuilder text) {
        char quote = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? '"' : '\'';
        text.append(quote);
        string.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (c == quote) {
                        text.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        text.appendCodePoint(c);
                    } else {
                        text.append(String.format(c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
                    }
                }
            }
        });
        text.append(quote);
    }

    private static boolean isPrintable(int codePoint) {
        return codePoint == ' '
                || switch (Character.getType(codePoint)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR -> false;
                    default -> true;
                };
    }

    /// The shortest digits that read back as the same number, with an exponent below 1e-4 and from
    /// 1e16 on.
    static String decimal(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            return digits.setScale(Math.max(1, digits.scale())).toPlainString();
        }
        String unscaled = digits.unscaledValue().abs().toString();
        String fraction = unscaled.length() > 1 ? "." + unscaled.substring(1) : "";
        return (number < 0 ? "-" : "") + unscaled.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+")
                + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
