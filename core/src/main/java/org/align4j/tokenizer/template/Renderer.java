package org.align4j.tokenizer.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.tokenizer.template.Statement.Target;

/// Runs a template's statements once.
final class Renderer {
    /// What a statement leaves the loop around it to do.
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private record Generated(Span span, String text, int line) {}

    private final Limits limits = new Limits();
    private final Evaluator evaluator = new Evaluator(limits);
    private final List<Generated> generated = new ArrayList<>();
    private Output output = new Output(Optional.empty());

    Rendered render(List<Statement> statements, Scope scope) {
        run(statements, scope);
        String text = output.toString();
        for (Generated block : generated) {
            Span span = block.span();
            if (!text.startsWith(block.text(), span.start())) {
                throw new Fault("what the generation block wrote was changed or moved before it was printed: its"
                                + " place is unknown; print it where it is made")
                        .at(block.line());
            }
        }
        return new Rendered(text, generated.stream().map(Generated::span).toList());
    }

    Object evaluate(Expression expression, Scope scope) {
        return evaluator.evaluate(expression, scope);
    }

    /// What `body` writes, kept from the output.
    String capture(List<Statement> body, Scope scope) {
        Output around = output;
        output = new Output(Optional.of(around));
        run(body, scope);
        String text = output.toString();
        output = around;
        return text;
    }

    private Flow run(List<Statement> statements, Scope scope) {
        for (Statement statement : statements) {
            limits.enter();
            try {
                Flow flow = run(statement, scope);
                limits.leave();
                if (flow != Flow.NEXT) {
                    return flow;
                }
            } catch (Fault fault) {
                throw fault.at(statement.line());
            }
        }
        return Flow.NEXT;
    }

    private Flow run(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Text text -> output.append(text.text());
            case Statement.Print print -> output.append(PythonText.str(evaluate(print.value(), scope)));
            case Statement.If choice -> {
                return runIf(choice, scope);
            }
            case Statement.For loop -> {
                return runFor(loop, Iteration.elements(evaluate(loop.iterable(), scope)), 0, scope);
            }
            case Statement.Break _ -> {
                return Flow.BREAK;
            }
            case Statement.Continue _ -> {
                return Flow.CONTINUE;
            }
            case Statement.Assign assign -> assign(assign.target(), evaluate(assign.value(), scope), scope);
            case Statement.AssignBlock block ->
                assign(block.target(), evaluateCaptured(block.value(), block.body(), scope), scope);
            case Statement.FilterBlock block ->
                output.append(PythonText.str(evaluateCaptured(block.value(), block.body(), scope)));
            case Statement.With with -> {
                return runWith(with, scope);
            }
            case Statement.MacroDefinition macro ->
                scope.set(macro.name(), new Macro(macro.name(), macro.signature(), macro.body(), scope, this));
            case Statement.CallBlock block -> {
                Macro caller = new Macro("caller", block.signature(), block.body(), scope, this);
                output.append(PythonText.str(evaluator.call(block.call(), scope, Optional.of(caller))));
            }
            case Statement.Generation generation -> runGeneration(generation, scope);
        }
        return Flow.NEXT;
    }

    private Flow runIf(Statement.If choice, Scope scope) {
        for (Statement.Branch branch : choice.branches()) {
            if (evaluator.isTrue(branch.test(), scope)) {
                return run(branch.body(), scope);
            }
        }
        return run(choice.otherwise(), scope);
    }

    /// `depth` counts the calls of a recursive loop by itself.
    private Flow runFor(Statement.For loop, List<Object> elements, int depth, Scope scope) {
        List<Object> chosen = chosen(loop, elements, scope);
        if (chosen.isEmpty()) {
            return run(loop.otherwise(), scope.inner());
        }
        Optional<TemplateFunction> again = loop.recursive()
                ? Optional.of(arguments -> again(loop, arguments, depth + 1, scope))
                : Optional.empty();
        LoopState state = new LoopState(chosen, depth, again);
        while (state.advance()) {
            Scope inner = scope.inner();
            inner.set("loop", state);
            assign(loop.target(), state.element(), inner);
            // An empty body takes time too
            limits.enter();
            Flow flow = run(loop.body(), inner);
            limits.leave();
            if (flow == Flow.BREAK) {
                break;
            }
        }
        return Flow.NEXT;
    }

    private List<Object> chosen(Statement.For loop, List<Object> elements, Scope scope) {
        if (loop.filter().isEmpty()) {
            return elements;
        }
        Expression test = loop.filter().get();
        List<Object> chosen = new ArrayList<>();
        for (Object element : elements) {
            Scope inner = scope.inner();
            assign(loop.target(), element, inner);
            if (evaluator.isTrue(test, inner)) {
                chosen.add(element);
            }
        }
        return chosen;
    }

    private String again(Statement.For loop, Arguments arguments, int depth, Scope scope) {
        Object elements = arguments.bind("iterable").require("iterable");
        Output around = output;
        output = new Output(Optional.of(around));
        runFor(loop, Iteration.elements(elements), depth, scope);
        String text = output.toString();
        output = around;
        return text;
    }

    private Flow runWith(Statement.With with, Scope scope) {
        Scope inner = scope.inner();
        for (Statement.Binding binding : with.bindings()) {
            assign(binding.target(), evaluate(binding.value(), scope), inner);
        }
        return run(with.body(), inner);
    }

    /// The value of an expression on what `body` writes.
    private Object evaluateCaptured(Expression value, List<Statement> body, Scope scope) {
        Scope inner = scope.inner();
        inner.set(Statement.CAPTURED, capture(body, scope.inner()));
        return evaluate(value, inner);
    }

    /// Inside a macro or captured block the place holds only if its text is printed at once:
    /// [#render] looks.
    private void runGeneration(Statement.Generation generation, Scope scope) {
        int start = output.length();
        int position = output.position();
        run(generation.body(), scope.inner());
        String text = output.from(start);
        generated.add(new Generated(new Span(position, position + text.length()), text, generation.line()));
    }

    private void assign(Target target, Object value, Scope scope) {
        switch (target) {
            case Target.Variable variable -> scope.set(variable.name(), value);
            case Target.NamespaceAttribute attribute -> {
                if (!(scope.get(attribute.namespace()) instanceof Namespace namespace)) {
                    throw new Fault("cannot assign attribute on non-namespace object");
                }
                namespace.attributes().put(attribute.attribute(), value);
            }
            case Target.Several several -> {
                List<Target> targets = several.targets();
                List<Object> values = Iteration.elements(Undefined.require(value));
                if (values.size() != targets.size()) {
                    throw new Fault((values.size() < targets.size() ? "not enough" : "too many")
                            + " values to unpack (expected " + targets.size() + ", got " + values.size() + ")");
                }
                for (int i = 0; i < targets.size(); i++) {
                    assign(targets.get(i), values.get(i), scope);
                }
            }
        }
    }
}
