package org.align4j.tokenizer.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.align4j.tokenizer.template.Arithmetic.Operator;
import org.align4j.tokenizer.template.Expression.CallArguments;
import org.align4j.tokenizer.template.Expression.Comparator;

/// Parses expressions by recursive descent, one method a level of precedence, lowest first.
final class ExpressionParser {
    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /// An expression, or several with commas between them: a tuple.
    Expression tuple() {
        return tuple(this::expression);
    }

    /// As [#tuple()], without inline `if`: a `for`'s own `if` follows.
    Expression tupleWithoutCondition() {
        return tuple(this::or);
    }

    private Expression tuple(Supplier<Expression> element) {
        int line = tokens.line();
        Expression first = element.get();
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Expression> elements = new ArrayList<>(List.of(first));
        while (tokens.acceptOperator(",") && !tupleEnds()) {
            elements.add(element.get());
        }
        return new Expression.TupleOf(List.copyOf(elements), line);
    }

    private boolean tupleEnds() {
        return switch (tokens.current().kind()) {
            case PRINT_END, TAG_END -> true;
            default -> tokens.isOperator(")");
        };
    }

    /// `a if test else b`
    Expression expression() {
        return tokens.nested(() -> {
            Expression value = or();
            while (tokens.isName("if")) {
                int line = tokens.next().line();
                Expression test = or();
                Optional<Expression> otherwise =
                        tokens.acceptName("else") ? Optional.of(expression()) : Optional.empty();
                value = new Expression.Conditional(test, value, otherwise, line);
            }
            return value;
        });
    }

    private Expression or() {
        Expression left = and();
        while (tokens.isName("or")) {
            int line = tokens.next().line();
            left = new Expression.Or(left, and(), line);
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.isName("and")) {
            int line = tokens.next().line();
            left = new Expression.And(left, not(), line);
        }
        return left;
    }

    private Expression not() {
        if (!tokens.isName("not")) {
            return comparison();
        }
        int line = tokens.next().line();
        return new Expression.Not(tokens.nested(this::not), line);
    }

    private Expression comparison() {
        int line = tokens.line();
        Expression first = sum();
        List<Expression.Comparison> rest = new ArrayList<>();
        for (Optional<Comparator> next = comparator(); next.isPresent(); next = comparator()) {
            rest.add(new Expression.Comparison(next.get(), sum()));
        }
        return rest.isEmpty() ? first : new Expression.Compared(first, List.copyOf(rest), line);
    }

    private Optional<Comparator> comparator() {
        Token token = tokens.current();
        Optional<Comparator> found = switch (token.kind()) {
            case OPERATOR ->
                switch (token.text()) {
                    case "==" -> Optional.of(Comparator.EQUAL);
                    case "!=" -> Optional.of(Comparator.NOT_EQUAL);
                    case "<" -> Optional.of(Comparator.LESS);
                    case "<=" -> Optional.of(Comparator.LESS_OR_EQUAL);
                    case ">" -> Optional.of(Comparator.GREATER);
                    case ">=" -> Optional.of(Comparator.GREATER_OR_EQUAL);
                    default -> Optional.empty();
                };
            case NAME ->
                switch (token.text()) {
                    case "in" -> Optional.of(Comparator.IN);
                    case "not" ->
                        tokens.following().is(Token.Kind.NAME, "in")
                                ? Optional.of(Comparator.NOT_IN)
                                : Optional.empty();
                    default -> Optional.empty();
                };
            default -> Optional.empty();
        };
        if (found.isPresent()) {
            tokens.next();
        }
        if (found.equals(Optional.of(Comparator.NOT_IN))) {
            tokens.next();
        }
        return found;
    }

    private Expression sum() {
        Expression left = joined();
        while (tokens.isOperator("+") || tokens.isOperator("-")) {
            left = binary(left, this::joined);
        }
        return left;
    }

    private Expression joined() {
        int line = tokens.line();
        Expression first = product();
        if (!tokens.isOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.acceptOperator("~")) {
            parts.add(product());
        }
        return new Expression.Joined(List.copyOf(parts), line);
    }

    private Expression product() {
        Expression left = power();
        while (tokens.isOperator("*") || tokens.isOperator("/") || tokens.isOperator("//") || tokens.isOperator("%")) {
            left = binary(left, this::power);
        }
        return left;
    }

    /// Left to right, as Jinja has it: `2 ** 3 ** 2` is 64.
    private Expression power() {
        Expression left = unary(true);
        while (tokens.isOperator("**")) {
            left = binary(left, () -> unary(true));
        }
        return left;
    }

    private Expression binary(Expression left, Supplier<Expression> right) {
        Token operator = tokens.next();
        return new Expression.Binary(Operator.of(operator.text()), left, right.get(), operator.line());
    }

    /// A sign binds less than `.`, `[]` and `()`, and more than a filter: `-1 | abs` is 1.
    private Expression unary(boolean withFilters) {
        Expression value;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            Token sign = tokens.next();
            Expression operand = tokens.nested(() -> unary(false));
            value = new Expression.Signed(sign.text().equals("-"), operand, sign.line());
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilters ? filtersAndTests(value) : value;
    }

    Expression primary() {
        Token token = tokens.next();
        int line = token.line();
        return switch (token.kind()) {
            case NAME ->
                switch (token.text()) {
                    case "true", "True" -> new Expression.Constant(true, line);
                    case "false", "False" -> new Expression.Constant(false, line);
                    case "none", "None" -> new Expression.Constant(None.NONE, line);
                    default -> new Expression.Name(token.text(), line);
                };
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.is(Token.Kind.STRING)) {
                    text.append(tokens.next().text());
                }
                yield new Expression.Constant(text.toString(), line);
            }
            case INTEGER -> new Expression.Constant(Literals.integer(token.text(), line), line);
            case FLOAT -> new Expression.Constant(Literals.decimal(token.text()), line);
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> parenthesised(line);
                    case "[" -> new Expression.ListOf(elements(), line);
                    case "{" -> new Expression.DictOf(pairs(), line);
                    default -> throw Fault.syntax(line, "unexpected " + token.described());
                };
            default -> throw Fault.syntax(line, "unexpected " + token.described() + ", expected an expression");
        };
    }

    private Expression parenthesised(int line) {
        if (tokens.acceptOperator(")")) {
            return new Expression.TupleOf(List.of(), line);
        }
        Expression inside = tuple();
        tokens.expectOperator(")");
        return inside;
    }

    private List<Expression> elements() {
        List<Expression> elements = new ArrayList<>();
        while (!tokens.acceptOperator("]")) {
            if (!elements.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.acceptOperator("]")) {
                    break;
                }
            }
            elements.add(expression());
        }
        return List.copyOf(elements);
    }

    private List<Expression.Pair> pairs() {
        List<Expression.Pair> pairs = new ArrayList<>();
        while (!tokens.acceptOperator("}")) {
            if (!pairs.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.acceptOperator("}")) {
                    break;
                }
            }
            Expression key = expression();
            tokens.expectOperator(":");
            pairs.add(new Expression.Pair(key, expression()));
        }
        return List.copyOf(pairs);
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            int line = tokens.line();
            if (tokens.acceptOperator(".")) {
                value = attribute(value, line);
            } else if (tokens.acceptOperator("[")) {
                value = subscript(value, line);
            } else if (tokens.isOperator("(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    private Expression attribute(Expression object, int line) {
        if (tokens.is(Token.Kind.INTEGER)) {
            long index = Literals.integer(tokens.next().text(), line);
            return new Expression.Item(object, new Expression.Constant(index, line), line);
        }
        return new Expression.Attribute(object, tokens.expectName(), line);
    }

    private Expression subscript(Expression object, int line) {
        Optional<Expression> start = tokens.isOperator(":") ? Optional.empty() : Optional.of(tuple());
        if (start.isPresent() && tokens.acceptOperator("]")) {
            return new Expression.Item(object, start.get(), line);
        }
        tokens.expectOperator(":");
        Optional<Expression> stop = sliceBound();
        Optional<Expression> step = tokens.acceptOperator(":") ? sliceBound() : Optional.empty();
        tokens.expectOperator("]");
        return new Expression.Slice(object, start, stop, step, line);
    }

    private Optional<Expression> sliceBound() {
        return tokens.isOperator(":") || tokens.isOperator("]") ? Optional.empty() : Optional.of(expression());
    }

    private CallArguments arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> keywords = new LinkedHashMap<>();
        while (!tokens.acceptOperator(")")) {
            if (!positional.isEmpty() || !keywords.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.acceptOperator(")")) {
                    break;
                }
            }
            if (tokens.is(Token.Kind.NAME) && tokens.following().is(Token.Kind.OPERATOR, "=")) {
                String name = tokens.expectName();
                tokens.expectOperator("=");
                keywords.put(name, expression());
            } else if (keywords.isEmpty()) {
                positional.add(expression());
            } else {
                throw tokens.expected("a named argument after a named argument");
            }
        }
        return new CallArguments(List.copyOf(positional), keywords);
    }

    private Expression filtersAndTests(Expression start) {
        Expression value = start;
        while (true) {
            int line = tokens.line();
            if (tokens.acceptOperator("|")) {
                value = filter(value, line);
            } else if (tokens.acceptName("is")) {
                value = test(value, line);
            } else if (tokens.isOperator("(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    /// The filters of a `set` or `filter` block: `first` without its bar, the others with theirs.
    Expression filters(Expression value) {
        Expression filtered = filter(value, tokens.line());
        while (tokens.isOperator("|")) {
            int line = tokens.next().line();
            filtered = filter(filtered, line);
        }
        return filtered;
    }

    private Expression filter(Expression value, int line) {
        String name = tokens.expectName();
        if (!Filters.has(name)) {
            throw Fault.syntax(line, "No filter named '" + name + "'.");
        }
        CallArguments arguments = tokens.isOperator("(") ? arguments() : CallArguments.NONE;
        return new Expression.Filtered(value, name, arguments, line);
    }

    private Expression test(Expression value, int line) {
        boolean negated = tokens.acceptName("not");
        String name = tokens.expectName();
        if (!Tests.has(name)) {
            throw Fault.syntax(line, "No test named '" + name + "'.");
        }
        return new Expression.Tested(value, name, testArguments(), negated, line);
    }

    /// A test's one argument may stand without parentheses: `x is divisibleby 3`.
    private List<Expression> testArguments() {
        if (tokens.isOperator("(")) {
            CallArguments arguments = arguments();
            if (!arguments.keywords().isEmpty()) {
                throw tokens.expected("a test's arguments by position");
            }
            return arguments.positional();
        }
        if (tokens.isName("is")) {
            throw Fault.syntax(tokens.line(), "You cannot chain multiple tests with is");
        }
        Token token = tokens.current();
        boolean argument = switch (token.kind()) {
            case NAME -> !List.of("else", "or", "and").contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
        return argument ? List.of(postfix(primary())) : List.of();
    }
}
