package org.align4j.rl.verify;

import java.util.Optional;
import java.util.regex.Pattern;

/// Whether the sums in a text are right, such as `48 / 2 = 24` in the midst of words. Nothing
/// throws, and time is bounded by the text's length.
public final class EquationCheck {
    private static final Pattern TIMES = Pattern.compile("(?<=\\d) ?[xX] ?(?=\\d)");
    private static final Pattern SIGN = Pattern.compile("(?<=.)[+\\-*/×÷−^]");
    private static final String SIGNS = " +-*/×÷−^().,";

    private EquationCheck() {}

    /// Whether all equations of numbers in a text hold; absent where there is none.
    public static Optional<Boolean> holds(String text) {
        String formula = TIMES.matcher(text).replaceAll(" * ");
        Optional<Boolean> all = Optional.empty();
        for (int at = formula.indexOf('='); at >= 0; at = formula.indexOf('=', at + 1)) {
            int from = at;
            while (from > 0 && isFormula(formula.charAt(from - 1))) {
                from--;
            }
            int to = at + 1;
            while (to < formula.length() && isFormula(formula.charAt(to))) {
                to++;
            }
            String left = side(formula, from, at);
            String right = side(formula, at + 1, to);
            // "half of 48 = 24" is no sum: what it says is in the words
            boolean sum = SIGN.matcher(left).find()
                    || SIGN.matcher(right).find()
                    // 2 + 3 = 5 = 6
                    || (from > 0 && formula.charAt(from - 1) == '=');
            Optional<Boolean> same = sum ? Calculation.same(left, right) : Optional.empty();
            if (same.isPresent()) {
                all = Optional.of(all.orElse(true) && same.get());
            }
        }
        return all;
    }

    private static boolean isFormula(char c) {
        return (c >= '0' && c <= '9') || SIGNS.indexOf(c) >= 0;
    }

    /// A side without the comma or stop that belongs to the sentence.
    private static String side(String text, int from, int to) {
        String side = text.substring(from, to).strip();
        while (side.endsWith(".") || side.endsWith(",")) {
            side = side.substring(0, side.length() - 1).strip();
        }
        while (side.startsWith(".") || side.startsWith(",")) {
            side = side.substring(1).strip();
        }
        return side;
    }
}
