package org.align4j.tokenizer.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.tokenizer.template.Statement.Parameter;

/// A macro, or the body of a `call` block: gives the text that its body writes.
final class Macro implements TemplateFunction {
    private static final String CALLER = "caller";

    private final String name;
    private final List<Parameter> parameters;
    private final List<Statement> body;
    private final Scope definedIn;
    private final Renderer renderer;

    Macro(String name, Statement.Signature signature, List<Statement> body, Scope definedIn, Renderer renderer) {
        this.name = name;
        this.parameters = signature.parameters();
        this.body = body;
        this.definedIn = definedIn;
        this.renderer = renderer;
    }

    String name() {
        return name;
    }

    Optional<Object> attribute(String attribute) {
        return switch (attribute) {
            case "name" -> Optional.of(name);
            case "arguments" ->
                Optional.of(new Tuple(
                        new ArrayList<>(parameters.stream().map(Parameter::name).toList())));
            default -> Optional.empty();
        };
    }

    @Override
    public Object call(Arguments arguments) {
        List<Object> positional = arguments.positional();
        Map<String, Object> keywords = arguments.keywords();
        if (positional.size() > parameters.size()) {
            throw new Fault("macro '" + name + "' takes not more than " + parameters.size() + " argument(s)");
        }
        Scope scope = definedIn.inner();
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            Object keyword = keywords.get(parameter.name());
            if (i < positional.size() && keyword != null) {
                throw new Fault("macro '" + name + "' got two values for '" + parameter.name() + "'");
            }
            Object value = i < positional.size() ? positional.get(i) : keyword;
            scope.set(parameter.name(), value == null ? fallback(parameter, scope) : value);
        }
        for (Map.Entry<String, Object> keyword : keywords.entrySet()) {
            if (keyword.getKey().equals(CALLER)) {
                scope.set(CALLER, keyword.getValue());
            } else if (parameters.stream()
                    .noneMatch(parameter -> parameter.name().equals(keyword.getKey()))) {
                throw new Fault("macro '" + name + "' takes no keyword argument '" + keyword.getKey() + "'");
            }
        }
        return renderer.capture(body, scope);
    }

    /// Defaults are computed at each call and see the parameters before them.
    private Object fallback(Parameter parameter, Scope scope) {
        return parameter
                .fallback()
                .map(expression -> renderer.evaluate(expression, scope))
                .orElseGet(() -> new Undefined("parameter '" + parameter.name() + "' was not provided"));
    }
}
