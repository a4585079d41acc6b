package org.align4j.rl.verify;

import java.util.Map;
import java.util.regex.Pattern;

/// Takes what is only layout out of a piece of LaTeX, Markdown or Unicode: afterwards a formula has
/// the commands that [ExpressionReader] knows, plain signs and words.
final class Notation {
    private static final Pattern LAYOUT = Pattern.compile(
            "\\\\(?:left|right|displaystyle|limits|bigl?|bigr?|Bigl?|Bigr?|quad|qquad)(?![A-Za-z])|\\\\[,;:! ]|~");
    private static final Pattern TEXT = Pattern.compile(
            "\\\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mbox|operatorname|rm)\\s*\\{([^{}]*)\\}");
    private static final Pattern PYTHON_POWER = Pattern.compile("(?<=[\\w)])\\*\\*(?=[\\w(])");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern THOUSANDS =
            Pattern.compile("(?<![\\d.,])(\\d{1,3}(?:\\{?,\\}?\\d{3})+)(?![\\d]|,\\d)");
    private static final Pattern SPACED_THOUSANDS = Pattern.compile("(?<![\\d.,] ?)(\\d{1,3}(?: \\d{3})+)(?!\\d)");

    private static final Pattern POWER_SPACES = Pattern.compile(" ?\\^ ?");
    /// Of cm^{2}; not of x^{2}3 or 2^{3}e5, where what follows would join the digit.
    private static final Pattern BRACED_POWER = Pattern.compile("\\^\\{ ?([23]) ?\\}(?!\\.?\\d|[eE])");

    private static final Map<String, String> SIGNS = Map.ofEntries(
            Map.entry("−", "-"),
            Map.entry("–", "-"),
            Map.entry("×", "*"),
            Map.entry("·", "*"),
            Map.entry("÷", "/"),
            Map.entry("⁄", "/"),
            Map.entry("π", "\\pi "),
            Map.entry("∞", "\\infty "),
            Map.entry("√", "\\sqrt "),
            Map.entry("∪", "\\cup "),
            Map.entry("≤", "\\le "),
            Map.entry("≥", "\\ge "),
            Map.entry("½", "(1/2)"),
            Map.entry("⅓", "(1/3)"),
            Map.entry("⅔", "(2/3)"),
            Map.entry("¼", "(1/4)"),
            Map.entry("¾", "(3/4)"),
            Map.entry("²", "^2"),
            Map.entry("³", "^3"),
            Map.entry("°", "\\degree "),
            Map.entry("\\degrees", "\\degree "),
            Map.entry("^\\circ", "\\degree "),
            Map.entry("^{\\circ}", "\\degree "),
            Map.entry("\\%", "%"),
            Map.entry("\\$", " "),
            Map.entry("$", " "),
            Map.entry("£", " "),
            Map.entry("€", " "),
            Map.entry("\\(", " "),
            Map.entry("\\)", " "),
            Map.entry("\\[", " "),
            Map.entry("\\]", " "),
            Map.entry("**", " "),
            Map.entry("\\{", "\\lbrace "),
            Map.entry("\\}", "\\rbrace "),
            Map.entry("\\dfrac", "\\frac"),
            Map.entry("\\tfrac", "\\frac"),
            Map.entry("\\cfrac", "\\frac"),
            Map.entry("\\cdot", "*"),
            Map.entry("\\times", "*"),
            Map.entry("\\div", "/"),
            Map.entry("\\leq", "\\le"),
            Map.entry("\\geq", "\\ge"),
            Map.entry("\\lparen", "("),
            Map.entry("\\rparen", ")"));

    private Notation() {}

    /// One line without layout.
    static String plain(String text) {
        String result = PYTHON_POWER.matcher(text).replaceAll("^");
        // the longer sign first: `\dfrac` before `\d…`, `^{\circ}` before `{`
        for (Map.Entry<String, String> sign : SIGNS.entrySet().stream()
                .sorted((a, b) -> b.getKey().length() - a.getKey().length())
                .toList()) {
            result = result.replace(sign.getKey(), sign.getValue());
        }
        result = LAYOUT.matcher(result).replaceAll(" ");
        result = TEXT.matcher(result).replaceAll(" $1 ");
        result = THOUSANDS.matcher(result).replaceAll(match -> match.group(1).replaceAll("[{},]", ""));
        result = SPACED_THOUSANDS
                .matcher(result)
                .replaceAll(match -> match.group(1).replace(" ", ""));
        result = SPACES.matcher(result).replaceAll(" ").strip();
        while (result.endsWith(".") || result.endsWith(",") || result.endsWith(";")) {
            result = result.substring(0, result.length() - 1).strip();
        }
        result = POWER_SPACES.matcher(result).replaceAll("^");
        return BRACED_POWER.matcher(result).replaceAll("^$1");
    }
}
