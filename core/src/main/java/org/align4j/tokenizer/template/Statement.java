package org.align4j.tokenizer.template;

import java.util.List;
import java.util.Optional;

/// What writes text or changes variables. Each node knows its line in the source.
sealed interface Statement {
    int line();

    record Text(String text, int line) implements Statement {}

    record Print(Expression value, int line) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

    record Branch(Expression test, List<Statement> body) {}

    record For(
            Target target,
            Expression iterable,
            Optional<Expression> filter,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    record Assign(Target target, Expression value, int line) implements Statement {}

    /// `{% set name | filters %}…{% endset %}`: `value` names the captured text [#CAPTURED].
    record AssignBlock(Target target, Expression value, List<Statement> body, int line) implements Statement {}

    record With(List<Binding> bindings, List<Statement> body, int line) implements Statement {}

    record Binding(Target target, Expression value) {}

    record MacroDefinition(String name, Signature signature, List<Statement> body, int line) implements Statement {}

    record Signature(List<Parameter> parameters) {
        static final Signature EMPTY = new Signature(List.of());
    }

    record Parameter(String name, Optional<Expression> fallback) {}

    /// `{% call(parameters) macro(arguments) %}…{% endcall %}`: the macro gets the body as
    /// `caller`.
    record CallBlock(Expression.Call call, Signature signature, List<Statement> body, int line) implements Statement {}

    /// `{% filter name %}…{% endfilter %}`: `value` names the captured text [#CAPTURED].
    record FilterBlock(Expression value, List<Statement> body, int line) implements Statement {}

    /// `{% generation %}…{% endgeneration %}`: what the model would have written.
    record Generation(List<Statement> body, int line) implements Statement {}

    /// The variable that holds a block's captured text: no template can spell it.
    String CAPTURED = "captured text";

    /// What an assignment writes to.
    sealed interface Target {
        record Variable(String name) implements Target {}

        record NamespaceAttribute(String namespace, String attribute) implements Target {}

        record Several(List<Target> targets) implements Target {}
    }
}
