package org.align4j.rl.verify;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/// An exact fraction in lowest terms, the denominator positive. Results of more than some thousand
/// bits are absent: what needs them is compared as floating point.
record Rational(BigInteger numerator, BigInteger denominator) {
    private static final int MOST_BITS = 4096;
    private static final int MOST_EXPONENT = 2048;

    Rational {
        if (denominator.signum() <= 0) {
            throw new IllegalArgumentException("a denominator must be positive");
        }
        BigInteger common = numerator.gcd(denominator);
        if (!common.equals(BigInteger.ONE)) {
            numerator = numerator.divide(common);
            denominator = denominator.divide(common);
        }
    }

    static Rational of(long value) {
        return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
    }

    static Rational of(BigDecimal value) {
        return value.scale() <= 0
                ? new Rational(value.toBigInteger(), BigInteger.ONE)
                : new Rational(value.unscaledValue(), BigInteger.TEN.pow(value.scale()));
    }

    private static Optional<Rational> bounded(BigInteger numerator, BigInteger denominator) {
        return numerator.bitLength() > MOST_BITS || denominator.bitLength() > MOST_BITS
                ? Optional.empty()
                : Optional.of(new Rational(numerator, denominator));
    }

    Optional<Rational> plus(Rational other) {
        return bounded(
                numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
                denominator.multiply(other.denominator));
    }

    Optional<Rational> times(Rational other) {
        return bounded(numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    Rational negated() {
        return new Rational(numerator.negate(), denominator);
    }

    /// Absent for 0.
    Optional<Rational> inverse() {
        return switch (numerator.signum()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(new Rational(denominator, numerator));
            default -> Optional.of(new Rational(denominator.negate(), numerator.negate()));
        };
    }

    /// Absent where the exponent isn't a small whole number, and for powers of 0 that don't exist.
    Optional<Rational> power(Rational exponent) {
        if (!exponent.isWhole() || exponent.numerator.abs().compareTo(BigInteger.valueOf(MOST_EXPONENT)) > 0) {
            return Optional.empty();
        }
        int times = exponent.numerator.intValue();
        if ((long) Math.abs(times) * Math.max(numerator.bitLength(), denominator.bitLength()) > MOST_BITS) {
            return Optional.empty();
        }
        Rational result = new Rational(numerator.pow(Math.abs(times)), denominator.pow(Math.abs(times)));
        return times < 0 ? result.inverse() : Optional.of(result);
    }

    /// The n-th root, where it is rational.
    Optional<Rational> root(int n) {
        if (numerator.signum() < 0 || n < 2) {
            return Optional.empty();
        }
        Optional<BigInteger> top = root(numerator, n);
        Optional<BigInteger> bottom = root(denominator, n);
        return top.isPresent() && bottom.isPresent()
                ? Optional.of(new Rational(top.get(), bottom.get()))
                : Optional.empty();
    }

    private static Optional<BigInteger> root(BigInteger value, int n) {
        if (n == 2) {
            BigInteger root = value.sqrt();
            return root.multiply(root).equals(value) ? Optional.of(root) : Optional.empty();
        }
        BigInteger root = BigInteger.valueOf(Math.round(Math.pow(value.doubleValue(), 1.0 / n)));
        return n <= 64 && root.bitLength() < 63 && root.pow(n).equals(value) ? Optional.of(root) : Optional.empty();
    }

    boolean isWhole() {
        return denominator.equals(BigInteger.ONE);
    }

    double toDouble() {
        if (numerator.bitLength() < 1000 && denominator.bitLength() < 1000) {
            return numerator.doubleValue() / denominator.doubleValue();
        }
        int shift = Math.max(numerator.bitLength(), denominator.bitLength()) - 900;
        return numerator.shiftRight(shift).doubleValue()
                / denominator.shiftRight(shift).doubleValue();
    }
}
