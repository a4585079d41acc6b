package org.align4j.rl.verify;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Optional;

/// What formulas without variables come to. Nothing throws, and time is bounded.
public final class Calculation {
    private static final MathContext DIGITS = new MathContext(10);
    private static final int MOST_DIGITS = 40;

    private Calculation() {}

    /// The value of a formula such as `(3 + 4.5) * 2`, in plain notation or LaTeX: exact where it
    /// is whole or a short decimal, otherwise rounded to ten digits. Absent where the text is no
    /// formula, has variables, no value, or a value too long to write.
    public static Optional<String> of(String formula) {
        return ExpressionReader.read(Notation.plain(formula))
                .filter(expression -> !expression.varies())
                .map(expression -> expression.at(0))
                .flatMap(Calculation::written);
    }

    /// Whether two formulas without variables come to the same; absent where one is none.
    static Optional<Boolean> same(String left, String right) {
        return value(left).flatMap(a -> value(right).map(a::sameAs));
    }

    private static Optional<Amount> value(String formula) {
        return ExpressionReader.read(Notation.plain(formula))
                .filter(expression -> !expression.varies())
                .map(expression -> expression.at(0))
                .filter(amount -> amount.exact().isPresent() || Double.isFinite(amount.approximate()));
    }

    private static Optional<String> written(Amount amount) {
        if (amount.exact().isPresent()) {
            Rational value = amount.exact().get();
            if (value.isWhole()) {
                return Optional.of(value.numerator())
                        .map(BigInteger::toString)
                        .filter(digits -> digits.length() <= MOST_DIGITS);
            }
            return plain(new BigDecimal(value.numerator()).divide(new BigDecimal(value.denominator()), DIGITS));
        }
        return Double.isFinite(amount.approximate())
                ? plain(new BigDecimal(amount.approximate()).round(DIGITS))
                : Optional.empty();
    }

    private static Optional<String> plain(BigDecimal value) {
        BigDecimal shortest = value.stripTrailingZeros();
        return Math.abs(shortest.scale()) > MOST_DIGITS ? Optional.empty() : Optional.of(shortest.toPlainString());
    }
}
