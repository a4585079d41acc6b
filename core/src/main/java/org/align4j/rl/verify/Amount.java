package org.align4j.rl.verify;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;

/// The value of an expression.
///
/// @param exact where it is a fraction
/// @param approximate NaN where it has no value
/// @param decimals digits after the point, where it was written as a decimal; otherwise −1
record Amount(Optional<Rational> exact, double approximate, int decimals) {
    static final Amount NONE = new Amount(Optional.empty(), Double.NaN, -1);
    /// A rounded decimal with this many digits stands for what it was rounded from.
    private static final int ENOUGH_DECIMALS = 4;

    private static final double CLOSE = 1e-9;

    static Amount of(Rational value) {
        return new Amount(Optional.of(value), value.toDouble(), -1);
    }

    static Amount of(double value) {
        return new Amount(Optional.empty(), value, -1);
    }

    Amount negated() {
        return new Amount(exact.map(Rational::negated), -approximate, decimals);
    }

    /// Whether both are the same number: exactly where both are fractions; within 1e-9 of it where
    /// one is irrational. A decimal of four digits or more also equals what it is the rounding or
    /// the beginning of.
    boolean sameAs(Amount other) {
        if (exact.isPresent() && other.exact.isPresent()) {
            return exact.equals(other.exact) || isRoundingOf(other) || other.isRoundingOf(this);
        }
        if (Double.isNaN(approximate) || Double.isNaN(other.approximate)) {
            return false;
        }
        return close(approximate, other.approximate) || isRoundingOf(other) || other.isRoundingOf(this);
    }

    static boolean close(double a, double b) {
        return a == b || Math.abs(a - b) <= CLOSE * Math.max(1e-3, Math.max(Math.abs(a), Math.abs(b)));
    }

    private boolean isRoundingOf(Amount other) {
        if (decimals < ENOUGH_DECIMALS || other.decimals >= 0 || exact.isEmpty()) {
            return false;
        }
        // more digits than a double has say no more
        int digits = Math.min(decimals, 12);
        BigDecimal mine = decimal(exact.get(), digits);
        Optional<BigDecimal> theirs = other.exact
                .map(value -> decimal(value, digits + 2))
                .or(() -> Double.isFinite(other.approximate)
                        ? Optional.of(new BigDecimal(other.approximate))
                        : Optional.empty());
        return theirs.map(value -> value.setScale(digits, RoundingMode.HALF_UP).compareTo(mine) == 0
                        || value.setScale(digits, RoundingMode.DOWN).compareTo(mine) == 0)
                .orElse(false);
    }

    private static BigDecimal decimal(Rational value, int digits) {
        return new BigDecimal(value.numerator()).divide(new BigDecimal(value.denominator()), digits, RoundingMode.DOWN);
    }

    /// Whether both are whole and the same.
    boolean isWhole(long value) {
        return exact.filter(number -> number.isWhole() && number.numerator().equals(BigInteger.valueOf(value)))
                .isPresent();
    }
}
