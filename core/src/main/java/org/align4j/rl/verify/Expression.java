package org.align4j.rl.verify;

import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;

/// A formula.
sealed interface Expression {
    /// A number as it was written.
    record Constant(Amount amount) implements Expression {}

    /// A letter that stands for any number.
    record Variable(String name) implements Expression {}

    record Negative(Expression of) implements Expression {}

    record Sum(Expression left, Expression right) implements Expression {}

    record Product(Expression left, Expression right) implements Expression {}

    record Quotient(Expression left, Expression right) implements Expression {}

    record Power(Expression base, Expression exponent) implements Expression {}

    /// @param index 2 for the square root
    record Root(Expression of, int index) implements Expression {}

    record Factorial(Expression of) implements Expression {}

    /// @param name such as `sin`
    record Function(String name, Expression argument) implements Expression {}

    /// Names of functions of one number.
    Set<String> FUNCTIONS = Set.of(
            "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln",
            "exp", "abs", "sqrt");

    /// Whether it has a variable.
    default boolean varies() {
        return switch (this) {
            case Constant number -> false;
            case Variable variable -> true;
            case Negative(Expression of) -> of.varies();
            case Sum(Expression left, Expression right) -> left.varies() || right.varies();
            case Product(Expression left, Expression right) -> left.varies() || right.varies();
            case Quotient(Expression left, Expression right) -> left.varies() || right.varies();
            case Power(Expression base, Expression exponent) -> base.varies() || exponent.varies();
            case Root root -> root.of().varies();
            case Factorial(Expression of) -> of.varies();
            case Function function -> function.argument().varies();
        };
    }

    /// The value where each variable has the number that `point` and its name give.
    default Amount at(int point) {
        return switch (this) {
            case Constant number -> number.amount();
            case Variable variable -> Amount.of(variable(variable.name(), point));
            case Negative(Expression of) -> of.at(point).negated();
            case Sum(Expression left, Expression right) ->
                combined(left.at(point), right.at(point), (a, b) -> a.flatMap(x -> b.flatMap(x::plus)), Double::sum);
            case Product(Expression left, Expression right) ->
                combined(
                        left.at(point),
                        right.at(point),
                        (a, b) -> a.flatMap(x -> b.flatMap(x::times)),
                        (a, b) -> a * b);
            case Quotient(Expression left, Expression right) ->
                combined(
                        left.at(point),
                        right.at(point),
                        (a, b) -> a.flatMap(x -> b.flatMap(Rational::inverse).flatMap(x::times)),
                        (a, b) -> b == 0 ? Double.NaN : a / b);
            case Power(Expression base, Expression exponent) -> power(base.at(point), exponent.at(point));
            case Root(Expression of, int index) -> root(of.at(point), index);
            case Factorial(Expression of) -> factorial(of.at(point));
            case Function(String name, Expression argument) -> function(name, argument.at(point));
        };
    }

    private static double variable(String name, int point) {
        // irrational-looking numbers between 0.3 and 2.3, so that roots and logarithms mostly exist
        double mixed = Math.sin(name.hashCode() * 12.9898 + point * 78.233) * 43758.5453;
        return 0.3 + 2 * (mixed - Math.floor(mixed));
    }

    private static Amount combined(
            Amount a, Amount b, BinaryOperator<Optional<Rational>> exactly, DoubleBinaryOperator nearly) {
        Optional<Rational> exact = exactly.apply(a.exact(), b.exact());
        return exact.map(Amount::of).orElseGet(() -> Amount.of(nearly.applyAsDouble(a.approximate(), b.approximate())));
    }

    private static Amount power(Amount base, Amount exponent) {
        Optional<Rational> exact = base.exact().flatMap(b -> exponent.exact().flatMap(b::power));
        return exact.map(Amount::of).orElseGet(() -> {
            Optional<Rational> inverse =
                    exponent.exact().flatMap(Rational::inverse).filter(Rational::isWhole);
            boolean root = inverse.isPresent() && inverse.get().numerator().bitLength() < 6;
            return root && inverse.get().numerator().signum() > 0
                    ? root(base, inverse.get().numerator().intValue())
                    : Amount.of(Math.pow(base.approximate(), exponent.approximate()));
        });
    }

    private static Amount root(Amount of, int index) {
        Optional<Rational> exact = of.exact().flatMap(value -> value.root(index));
        return exact.map(Amount::of).orElseGet(() -> {
            double value = of.approximate();
            boolean odd = index % 2 == 1;
            return Amount.of(
                    value < 0 && odd
                            ? -Math.pow(-value, 1.0 / index)
                            : index == 2 ? Math.sqrt(value) : Math.pow(value, 1.0 / index));
        });
    }

    private static Amount factorial(Amount of) {
        for (int n = 0; n <= 170; n++) {
            if (of.isWhole(n)) {
                Rational product = Rational.of(1);
                for (int k = 2; k <= n; k++) {
                    product = product.times(Rational.of(k)).orElseThrow();
                }
                return Amount.of(product);
            }
        }
        return Amount.NONE;
    }

    private static Amount function(String name, Amount argument) {
        double x = argument.approximate();
        return switch (name) {
            case "sqrt" -> root(argument, 2);
            case "abs" -> x < 0 ? argument.negated() : argument;
            default ->
                Amount.of(
                        switch (name) {
                            case "sin" -> Math.sin(x);
                            case "cos" -> Math.cos(x);
                            case "tan" -> Math.tan(x);
                            case "cot" -> 1 / Math.tan(x);
                            case "sec" -> 1 / Math.cos(x);
                            case "csc" -> 1 / Math.sin(x);
                            case "arcsin" -> Math.asin(x);
                            case "arccos" -> Math.acos(x);
                            case "arctan" -> Math.atan(x);
                            case "sinh" -> Math.sinh(x);
                            case "cosh" -> Math.cosh(x);
                            case "tanh" -> Math.tanh(x);
                            case "log" -> Math.log10(x);
                            case "ln" -> Math.log(x);
                            case "exp" -> Math.exp(x);
                            default -> Double.NaN;
                        });
        };
    }

    /// Whether two formulas are the same: equal numbers, or equal values at enough points. Where
    /// roots or logarithms of both don't exist at a point, it says nothing.
    default boolean sameAs(Expression other) {
        if (varies() != other.varies()) {
            return false;
        }
        if (!varies()) {
            return at(0).sameAs(other.at(0));
        }
        int compared = 0;
        for (int point = 1; point <= 12 && compared < 6; point++) {
            double mine = at(point).approximate();
            double theirs = other.at(point).approximate();
            if (Double.isNaN(mine) && Double.isNaN(theirs)) {
                continue;
            }
            if (!(Math.abs(mine - theirs) <= 1e-12 + 1e-8 * Math.max(Math.abs(mine), Math.abs(theirs)))) {
                return mine == theirs;
            }
            compared++;
        }
        return compared > 0;
    }
}
