package org.align4j.rl.verify;

import java.util.Optional;
import java.util.regex.Pattern;

/// Whether the sums in a text are right, such as `48 / 2 = 24` in the midst of words. Nothing
/// throws, and time is bounded by the text's length.
public final class EquationCheck {
    private static final Pattern TIMES = Pattern.compile("(?<=\\d) ?[xX] ?(?=\\d)|\\\\(?:times|cdot)(?![A-Za-z])");
    /// $3 + $4
    private static final Pattern CURRENCY = Pattern.compile("\\\\?[$£€]");
    private static final Pattern SIGN = Pattern.compile("(?<=.)[+\\-*/×÷·⁄−–^]");
    private static final String SIGNS = " +-*/×÷·⁄−–^().,";

    /// What makes the numbers behind it a part of a longer formula: a letter of x1, f(3); √9;
    /// \sqrt 9; half of 48; 2 times 3.
    private static final Pattern GOES_BEFORE = Pattern.compile("(?i)(?:[\\p{L}_%√²³!|\\]}\\\\]|\\\\[a-z]+ +"
            + "|(?:[%\\d]|percent|half|thirds?|quarters?|fourths?|fifths?) of +"
            + "|\\b(?:times|plus|minus|multiplied by|divided by|twice|double|triple|x) +)$");
    /// The same in front of it: 3y, 3², 75 %, 7 \pi, 7 times 2.
    private static final Pattern GOES_ON = Pattern.compile("(?i)^(?:[\\p{L}_√²³½]| *(?:%|per ?cent\\b"
            + "|\\\\(?!text|math|q?quad)[a-z]|(?:times|plus|minus|multiplied by|divided by|x) +[(\\d]))");
    /// Behind what a minus is a sign: "it is -3", "(-3"; not "x -3", "3 apples -3".
    private static final Pattern BEFORE_A_SIGN =
            Pattern.compile("(?:^|(?<![\\p{L}\\d\\\\])(?<!\\d )\\p{L}{2,}|[^\\p{L}\\p{N})}\\]|!%_ ]) *$");
    /// No sign of these looks farther.
    private static final int AROUND = 24;

    private EquationCheck() {}

    /// Whether all equations of numbers in a text hold; absent where there is none.
    public static Optional<Boolean> holds(String text) {
        String formula = TIMES.matcher(CURRENCY.matcher(text).replaceAll("")).replaceAll(" * ");
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
            Optional<String> left = side(formula, from, at);
            Optional<String> right = side(formula, at + 1, to);
            if (left.isEmpty() || right.isEmpty()) {
                continue;
            }
            // "half of 48 = 24" is no sum: what it says is in the words
            boolean sum = SIGN.matcher(left.get()).find()
                    || SIGN.matcher(right.get()).find()
                    // 2 + 3 = 5 = 6
                    || (from > 0 && formula.charAt(from - 1) == '=');
            Optional<Boolean> same = sum ? Calculation.same(left.get(), right.get()) : Optional.empty();
            if (same.isPresent()) {
                all = Optional.of(all.orElse(true) && same.get());
            }
        }
        return all;
    }

    private static boolean isFormula(char c) {
        return (c >= '0' && c <= '9') || SIGNS.indexOf(c) >= 0;
    }

    /// A side without the commas and stops that belong to the sentence; absent where it is only a
    /// part of a formula.
    private static Optional<String> side(String text, int from, int to) {
        int start = from;
        int end = to;
        while (end > start && " .,".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        while (start < end && " .,".indexOf(text.charAt(start)) >= 0 && !beginsADecimal(text, start)) {
            start++;
        }
        String before = text.substring(Math.max(0, start - AROUND), start);
        String after = text.substring(end, Math.min(text.length(), end + AROUND));
        String side = text.substring(start, end);
        boolean whole = !GOES_BEFORE.matcher(before).find()
                && !GOES_ON.matcher(after).find()
                && (!side.matches("[+\\-−–].*")
                        || (side.matches("[\\-−–]\\S.*")
                                && BEFORE_A_SIGN.matcher(before).find()));
        return whole ? Optional.of(side) : Optional.empty();
    }

    private static boolean beginsADecimal(String text, int at) {
        return text.charAt(at) == '.' && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1));
    }
}
