package org.align4j.tokenizer.template;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The functions that every template can call.
final class Globals {
    private Globals() {}

    /// A scope that holds them. Without `now` a template that asks whether `strftime_now` is
    /// defined hears no.
    static Scope scope(Optional<LocalDateTime> now) {
        Scope scope = Scope.outermost();
        scope.set("range", (TemplateFunction) Globals::range);
        scope.set("dict", (TemplateFunction) arguments -> pairs(arguments));
        scope.set("namespace", (TemplateFunction) Globals::namespace);
        scope.set("zip", (TemplateFunction) Globals::zip);
        scope.set("raise_exception", (TemplateFunction) arguments -> {
            throw Fault.raised(PythonText.str(arguments.bind("message").require("message")));
        });
        scope.set(
                "strftime_now",
                now.<Object>map(time -> (TemplateFunction) arguments ->
                                Strftime.format(time, arguments.bind("format").text("format")))
                        .orElse(new Undefined(
                                "'strftime_now' is undefined: the template writes the date and none was" + " given")));
        return scope;
    }

    private static Object range(Arguments arguments) {
        List<Object> bounds = arguments.positional();
        arguments.bind("start", "stop", "step");
        return switch (bounds.size()) {
            case 1 -> new Range(0, Arithmetic.integer(bounds.get(0)), 1);
            case 2 -> new Range(Arithmetic.integer(bounds.get(0)), Arithmetic.integer(bounds.get(1)), 1);
            case 3 ->
                new Range(
                        Arithmetic.integer(bounds.get(0)),
                        Arithmetic.integer(bounds.get(1)),
                        Arithmetic.integer(bounds.get(2)));
            default -> throw new Fault("range expected 1 to 3 arguments, got " + bounds.size());
        };
    }

    /// Tuples of the first elements, the second ones and so on, as far as the shortest sequence
    /// goes.
    private static Object zip(Arguments arguments) {
        List<List<Object>> sequences =
                arguments.positional().stream().map(Iteration::elements).toList();
        int length = sequences.stream().mapToInt(List::size).min().orElse(0);
        List<Object> tuples = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            int index = i;
            tuples.add(new Tuple(
                    sequences.stream().map(sequence -> sequence.get(index)).toList()));
        }
        return tuples;
    }

    /// `dict(mapping, name=value)` or `dict(pairs, name=value)`.
    private static Map<Object, Object> pairs(Arguments arguments) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Object source : arguments.positional()) {
            if (source instanceof Map<?, ?> entries) {
                map.putAll(entries);
                continue;
            }
            for (Object pair : Iteration.elements(source)) {
                List<Object> entry = Iteration.elements(pair);
                if (entry.size() != 2) {
                    throw new Fault("dictionary update sequence needs pairs, got " + entry.size() + " elements");
                }
                map.put(Values.key(entry.get(0)), entry.get(1));
            }
        }
        map.putAll(arguments.keywords());
        return map;
    }

    private static Object namespace(Arguments arguments) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        pairs(arguments).forEach((name, value) -> attributes.put(PythonText.str(name), value));
        return new Namespace(attributes);
    }
}
