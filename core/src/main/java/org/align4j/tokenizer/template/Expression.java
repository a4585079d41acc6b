package org.align4j.tokenizer.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What has a value. Each node knows its line in the source.
sealed interface Expression {
    int line();

    record Constant(Object value, int line) implements Expression {}

    record Name(String name, int line) implements Expression {}

    record ListOf(List<Expression> elements, int line) implements Expression {}

    record TupleOf(List<Expression> elements, int line) implements Expression {}

    record DictOf(List<Pair> pairs, int line) implements Expression {}

    record Pair(Expression key, Expression value) {}

    /// `object.name`
    record Attribute(Expression object, String name, int line) implements Expression {}

    /// `object[key]`
    record Item(Expression object, Expression key, int line) implements Expression {}

    /// `object[start:stop:step]`
    record Slice(
            Expression object,
            Optional<Expression> start,
            Optional<Expression> stop,
            Optional<Expression> step,
            int line)
            implements Expression {}

    record Call(Expression function, CallArguments arguments, int line) implements Expression {}

    record CallArguments(List<Expression> positional, Map<String, Expression> keywords) {
        static final CallArguments NONE = new CallArguments(List.of(), Map.of());
    }

    /// `value | name(arguments)`
    record Filtered(Expression value, String name, CallArguments arguments, int line) implements Expression {}

    /// `value is name(arguments)`, or `is not`
    record Tested(Expression value, String name, List<Expression> arguments, boolean negated, int line)
            implements Expression {}

    record Not(Expression value, int line) implements Expression {}

    record Signed(boolean negative, Expression value, int line) implements Expression {}

    record And(Expression left, Expression right, int line) implements Expression {}

    record Or(Expression left, Expression right, int line) implements Expression {}

    record Binary(Arithmetic.Operator operator, Expression left, Expression right, int line) implements Expression {}

    /// `a < b <= c`: every neighbouring pair must hold; operands are evaluated once.
    record Compared(Expression first, List<Comparison> rest, int line) implements Expression {}

    record Comparison(Comparator comparator, Expression right) {}

    enum Comparator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        IN,
        NOT_IN
    }

    /// `a ~ b ~ c`: the texts one after the other.
    record Joined(List<Expression> parts, int line) implements Expression {}

    /// `then if test else otherwise`
    record Conditional(Expression test, Expression then, Optional<Expression> otherwise, int line)
            implements Expression {}
}
