package org.align4j.rl.verify;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;

/// Reads a formula in plain notation or LaTeX, by recursive descent. Whatever it can't read is no
/// formula.
final class ExpressionReader {
    /// No answer is longer or nested more deeply.
    private static final int MOST_CHARACTERS = 400;

    private static final int DEEPEST = 40;
    private static final int MOST_DIGITS = 200;
    private static final String OVERLINE = "\\overline{";

    private static final Set<String> GREEK = Set.of(
            "alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "nu", "rho", "sigma", "tau", "phi",
            "varphi", "omega", "infty");

    private final String text;
    private int at;
    private int depth;

    private ExpressionReader(String text) {
        this.text = text;
    }

    /// There is no formula in the text.
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Unreadable() {
            super("no formula", null, false, false);
        }
    }

    /// The formula that the whole text is.
    ///
    /// @param text in [Notation#plain] form
    static Optional<Expression> read(String text) {
        if (text.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        ExpressionReader reader = new ExpressionReader(text);
        try {
            Expression result = reader.sum();
            reader.spaces();
            return reader.at == text.length() ? Optional.of(result) : Optional.empty();
        } catch (Unreadable e) {
            return Optional.empty();
        }
    }

    private Expression sum() {
        if (++depth > DEEPEST) {
            throw new Unreadable();
        }
        Expression result = product();
        while (true) {
            if (take("+")) {
                result = new Expression.Sum(result, product());
            } else if (take("-")) {
                result = new Expression.Sum(result, new Expression.Negative(product()));
            } else {
                depth--;
                return result;
            }
        }
    }

    private Expression product() {
        Expression result = signed();
        while (true) {
            spaces();
            if (take("*")) {
                result = new Expression.Product(result, signed());
            } else if (take("/")) {
                result = new Expression.Quotient(result, signed());
            } else if (beginsFactor()) {
                result = beside(result);
            } else {
                return result;
            }
        }
    }

    /// Two factors without a sign between them: a product, or a mixed number such as 3 1/2.
    private Expression beside(Expression left) {
        Expression right = power();
        boolean wholeBefore = left instanceof Expression.Constant(Amount amount)
                && amount.decimals() < 0
                && amount.exact().filter(Rational::isWhole).isPresent();
        if (right instanceof Expression.Constant(Amount amount) && amount.exact().isPresent()) {
            // 3 1/2; any other two numbers side by side are no formula
            if (wholeBefore && take("/") && power() instanceof Expression.Constant below) {
                return new Expression.Sum(left, new Expression.Quotient(right, below));
            }
            throw new Unreadable();
        }
        boolean fraction = right instanceof Expression.Quotient(Expression.Constant top, Expression.Constant bottom)
                && top.amount().exact().isPresent()
                && bottom.amount().exact().isPresent();
        return wholeBefore && fraction ? new Expression.Sum(left, right) : new Expression.Product(left, right);
    }

    private boolean beginsFactor() {
        if (at >= text.length()) {
            return false;
        }
        char next = text.charAt(at);
        return Character.isLetterOrDigit(next)
                || next == '('
                || next == '{'
                || text.startsWith("\\frac", at)
                || text.startsWith("\\sqrt", at)
                || text.startsWith("\\pi", at)
                || (next == '\\' && command().isPresent());
    }

    private Expression signed() {
        if (++depth > DEEPEST) {
            throw new Unreadable();
        }
        Expression result;
        if (take("-")) {
            result = new Expression.Negative(signed());
        } else if (take("+")) {
            result = signed();
        } else {
            result = power();
        }
        depth--;
        return result;
    }

    private Expression power() {
        Expression base = marked();
        if (!take("^")) {
            return base;
        }
        if (++depth > DEEPEST) {
            throw new Unreadable();
        }
        spaces();
        boolean negative = take("-");
        Expression exponent = power();
        depth--;
        return new Expression.Power(base, negative ? new Expression.Negative(exponent) : exponent);
    }

    private Expression marked() {
        Expression result = primary();
        while (true) {
            if (take("!")) {
                result = new Expression.Factorial(result);
            } else if (take("%")) {
                result = new Expression.Quotient(result, new Expression.Constant(Amount.of(Rational.of(100))));
            } else if (take("\\degree")) {
                // a right angle is 90, with or without the sign
                spaces();
            } else {
                return result;
            }
        }
    }

    private Expression primary() {
        spaces();
        if (at >= text.length()) {
            throw new Unreadable();
        }
        char next = text.charAt(at);
        if (isDigit(next) || next == '.') {
            return number();
        }
        if (take("(")) {
            return closed(")");
        }
        if (take("{")) {
            return closed("}");
        }
        if (take("|")) {
            return new Expression.Function("abs", closed("|"));
        }
        if (take("\\frac")) {
            Expression top = argument();
            return new Expression.Quotient(top, argument());
        }
        if (take("\\sqrt")) {
            return root();
        }
        if (take("\\pi")) {
            return pi();
        }
        return named();
    }

    private Expression closed(String end) {
        Expression inside = sum();
        if (!take(end)) {
            throw new Unreadable();
        }
        return inside;
    }

    private Expression root() {
        int index = 2;
        if (take("[")) {
            int end = text.indexOf(']', at);
            String digits = end < 0 ? "" : text.substring(at, end).strip();
            if (!digits.matches("[1-9]\\d?") || digits.equals("1")) {
                throw new Unreadable();
            }
            index = Integer.parseInt(digits);
            at = end + 1;
        }
        return new Expression.Root(argument(), index);
    }

    /// What a command applies to: a group, or one digit, letter or command.
    private Expression argument() {
        spaces();
        if (at < text.length() && isDigit(text.charAt(at))) {
            at++;
            return new Expression.Constant(Amount.of(Rational.of(text.charAt(at - 1) - '0')));
        }
        return primary();
    }

    private static Expression pi() {
        return new Expression.Constant(Amount.of(Math.PI));
    }

    private Optional<String> command() {
        int end = at + 1;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        String name = text.substring(at + 1, end);
        return GREEK.contains(name) || Expression.FUNCTIONS.contains(name) ? Optional.of(name) : Optional.empty();
    }

    /// A function, a Greek letter, or letters that are variables side by side.
    private Expression named() {
        if (text.charAt(at) == '\\') {
            String name = command().orElseThrow(Unreadable::new);
            at += 1 + name.length();
            if (Expression.FUNCTIONS.contains(name)) {
                return function(name);
            }
            return name.equals("infty")
                    ? new Expression.Constant(Amount.of(Double.POSITIVE_INFINITY))
                    : new Expression.Variable(name);
        }
        int end = at;
        while (end < text.length() && isLatin(text.charAt(end))) {
            end++;
        }
        String word = text.substring(at, end);
        if (Expression.FUNCTIONS.contains(word)) {
            at = end;
            return function(word);
        }
        if (word.equals("pi")) {
            at = end;
            return pi();
        }
        // longer words are no products of letters
        if (word.isEmpty() || word.length() > 3) {
            throw new Unreadable();
        }
        at++;
        String letter = indexed(word.substring(0, 1));
        return letter.equals("e") ? new Expression.Constant(Amount.of(Math.E)) : new Expression.Variable(letter);
    }

    /// x_1 is another letter than x_2.
    private String indexed(String letter) {
        if (at + 1 < text.length() && text.charAt(at) == '_' && Character.isLetterOrDigit(text.charAt(at + 1))) {
            at += 2;
            return letter + "_" + text.charAt(at - 1);
        }
        return letter;
    }

    private Expression function(String name) {
        boolean raised = take("^");
        Expression exponent = raised ? argument() : new Expression.Constant(Amount.of(Rational.of(1)));
        spaces();
        // sin 2x is of the product, sin(2) x isn't
        boolean group = at < text.length() && (text.charAt(at) == '(' || text.charAt(at) == '{');
        if (++depth > DEEPEST) {
            throw new Unreadable();
        }
        Expression argument = group ? primary() : product();
        depth--;
        Expression result = new Expression.Function(name, argument);
        return raised ? new Expression.Power(result, exponent) : result;
    }

    private Expression number() {
        int start = at;
        digits();
        int decimals = -1;
        if (at < text.length() && text.charAt(at) == '.' && (at == start || followedByDigit())) {
            at++;
            int first = at;
            digits();
            decimals = at - first;
        }
        int end = at;
        if (end == start || text.substring(start, end).equals(".") || end - start > MOST_DIGITS) {
            throw new Unreadable();
        }
        BigDecimal value = new BigDecimal(text.substring(start, end)).scaleByPowerOfTen(exponent());
        Rational exact = Rational.of(value);
        if (decimals >= 0 && text.startsWith(OVERLINE, at)) {
            return new Expression.Constant(
                    Amount.of(exact.plus(repeated(decimals)).orElseThrow(Unreadable::new)));
        }
        return new Expression.Constant(new Amount(Optional.of(exact), exact.toDouble(), decimals));
    }

    /// Of 1.2e-5, as programs write it.
    private int exponent() {
        int next = at + 1;
        if (at >= text.length() || Character.toLowerCase(text.charAt(at)) != 'e') {
            return 0;
        }
        boolean signed = next < text.length() && (text.charAt(next) == '-' || text.charAt(next) == '+');
        int first = signed ? next + 1 : next;
        if (first >= text.length() || !isDigit(text.charAt(first))) {
            return 0;
        }
        at = first;
        digits();
        if (at - first > 3) {
            throw new Unreadable();
        }
        int size = Integer.parseInt(text.substring(first, at));
        return signed && text.charAt(next) == '-' ? -size : size;
    }

    /// The digits under a line, which repeat for ever.
    private Rational repeated(int decimals) {
        at += OVERLINE.length();
        int first = at;
        digits();
        String digits = text.substring(first, at);
        if (digits.isEmpty() || digits.length() > MOST_DIGITS || !take("}")) {
            throw new Unreadable();
        }
        BigInteger nines = BigInteger.TEN.pow(digits.length()).subtract(BigInteger.ONE);
        return new Rational(new BigInteger(digits), nines.multiply(BigInteger.TEN.pow(decimals)));
    }

    private boolean followedByDigit() {
        return at + 1 < text.length() && (isDigit(text.charAt(at + 1)) || text.startsWith(OVERLINE, at + 1));
    }

    private void digits() {
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static boolean isLatin(char character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    }

    private void spaces() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private boolean take(String sign) {
        spaces();
        if (text.startsWith(sign, at)) {
            at += sign.length();
            return true;
        }
        return false;
    }
}
