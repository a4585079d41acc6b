package org.align4j.tokenizer.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Computes the values of expressions.
final class Evaluator {
    private final Limits limits;

    Evaluator(Limits limits) {
        this.limits = limits;
    }

    Object evaluate(Expression expression, Scope scope) {
        limits.enter();
        try {
            Object value = valueOf(expression, scope);
            limits.leave();
            return value;
        } catch (Fault fault) {
            throw fault.at(expression.line());
        }
    }

    private Object valueOf(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Constant constant -> constant.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.ListOf list -> all(list.elements(), scope);
            case Expression.TupleOf tuple -> new Tuple(all(tuple.elements(), scope));
            case Expression.DictOf dict -> dict(dict, scope);
            case Expression.Attribute attribute ->
                Lookup.attribute(evaluate(attribute.object(), scope), attribute.name());
            case Expression.Item item -> Lookup.item(evaluate(item.object(), scope), evaluate(item.key(), scope));
            case Expression.Slice slice ->
                Lookup.slice(
                        evaluate(slice.object(), scope),
                        bound(slice.start(), scope),
                        bound(slice.stop(), scope),
                        bound(slice.step(), scope));
            case Expression.Call call -> call(call, scope, Optional.empty());
            case Expression.Filtered filtered ->
                Filters.apply(
                        filtered.name(), evaluate(filtered.value(), scope), arguments(filtered.arguments(), scope));
            case Expression.Tested tested -> {
                Object value = evaluate(tested.value(), scope);
                Arguments arguments = Arguments.of(all(tested.arguments(), scope));
                yield Tests.test(tested.name(), value, arguments) != tested.negated();
            }
            case Expression.Not not -> !isTrue(not.value(), scope);
            case Expression.Signed signed -> {
                Object value = evaluate(signed.value(), scope);
                yield signed.negative() ? Arithmetic.negate(value) : Arithmetic.plus(value);
            }
            case Expression.And and -> {
                Object left = evaluate(and.left(), scope);
                yield Values.isTrue(left) ? evaluate(and.right(), scope) : left;
            }
            case Expression.Or or -> {
                Object left = evaluate(or.left(), scope);
                yield Values.isTrue(left) ? left : evaluate(or.right(), scope);
            }
            case Expression.Binary binary ->
                Arithmetic.apply(binary.operator(), evaluate(binary.left(), scope), evaluate(binary.right(), scope));
            case Expression.Compared compared -> compare(compared, scope);
            case Expression.Joined joined ->
                Strings.join(
                        "",
                        all(joined.parts(), scope).stream().map(PythonText::str).toList());
            case Expression.Conditional conditional -> conditional(conditional, scope);
        };
    }

    boolean isTrue(Expression test, Scope scope) {
        return Values.isTrue(evaluate(test, scope));
    }

    /// Calls a function, giving it the body of a `call` block where there is one.
    Object call(Expression.Call call, Scope scope, Optional<Macro> caller) {
        Object function = Undefined.require(evaluate(call.function(), scope));
        Arguments arguments = arguments(call.arguments(), scope);
        caller.ifPresent(macro -> arguments.keywords().put("caller", macro));
        return switch (function) {
            case TemplateFunction callable -> callable.call(arguments);
            case LoopState loop -> loop.again().call(arguments);
            default -> throw new Fault("'" + Values.type(function) + "' object is not callable");
        };
    }

    private Arguments arguments(Expression.CallArguments arguments, Scope scope) {
        Map<String, Object> keywords = new LinkedHashMap<>();
        List<Object> positional = all(arguments.positional(), scope);
        arguments.keywords().forEach((name, value) -> keywords.put(name, evaluate(value, scope)));
        return new Arguments(positional, keywords);
    }

    private List<Object> all(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Map<Object, Object> dict(Expression.DictOf dict, Scope scope) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Expression.Pair pair : dict.pairs()) {
            map.put(Values.key(evaluate(pair.key(), scope)), evaluate(pair.value(), scope));
        }
        return map;
    }

    private Object bound(Optional<Expression> bound, Scope scope) {
        return bound.isPresent() ? evaluate(bound.get(), scope) : None.NONE;
    }

    private Object compare(Expression.Compared compared, Scope scope) {
        Object left = evaluate(compared.first(), scope);
        for (Expression.Comparison comparison : compared.rest()) {
            Object right = evaluate(comparison.right(), scope);
            boolean holds = switch (comparison.comparator()) {
                case EQUAL -> Ordering.equal(left, right);
                case NOT_EQUAL -> !Ordering.equal(left, right);
                case LESS -> Ordering.compare(left, right, "<") < 0;
                case LESS_OR_EQUAL -> Ordering.compare(left, right, "<=") <= 0;
                case GREATER -> Ordering.compare(left, right, ">") > 0;
                case GREATER_OR_EQUAL -> Ordering.compare(left, right, ">=") >= 0;
                case IN -> Iteration.contains(right, left);
                case NOT_IN -> !Iteration.contains(right, left);
            };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Object conditional(Expression.Conditional conditional, Scope scope) {
        if (isTrue(conditional.test(), scope)) {
            return evaluate(conditional.then(), scope);
        }
        return conditional.otherwise().isPresent()
                ? evaluate(conditional.otherwise().get(), scope)
                : new Undefined("the inline if-expression on line " + conditional.line()
                        + " evaluated to false and no else section was defined.");
    }
}
