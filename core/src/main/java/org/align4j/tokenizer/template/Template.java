package org.align4j.tokenizer.template;

import java.time.LocalDateTime;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;

/// A Jinja template, compiled as `transformers` compiles chat templates: `trim_blocks` and
/// `lstrip_blocks` on, loop controls, `{% generation %}` blocks, `tojson` without HTML escaping,
/// `raise_exception` and `strftime_now`.
///
/// Templates come with downloaded models and are not trusted. They reach no Java objects, cannot
/// change what they are given, and a rendering that goes too deep, on too long or grows too large
/// fails. Not supported: inheritance, includes and imports, `autoescape`, `*` and `**` in calls,
/// and integers beyond 64 bits in arithmetic.
///
/// A template is immutable and may be rendered by several threads at once.
public final class Template {
    private static final String REMEDY = "check the template and what it was given";

    private final Parser.Program program;

    /// What messages call it.
    private final String kind;

    private Template(Parser.Program program, String kind) {
        this.program = program;
        this.kind = kind;
    }

    /// Compiles a template's source.
    ///
    /// @throws AlignException.Model with the line, where the source is not a template
    public static Template parse(String source) {
        return parse(source, Lexer.Blocks.TRIMMED, "chat template");
    }

    /// Compiles the source of a prompt, as Jinja does without options: lines with tags keep their
    /// blanks and line ends.
    ///
    /// @throws AlignException.Model with the line, where the source is not a template
    public static Template parsePrompt(String source) {
        return parse(source, Lexer.Blocks.KEPT, "template");
    }

    private static Template parse(String source, Lexer.Blocks blocks, String kind) {
        try {
            return new Template(Parser.parse(source, blocks), kind);
        } catch (Fault fault) {
            throw explained(fault, kind);
        }
    }

    /// Whether the template marks what the model generates, so that [Rendered#generation()] can
    /// tell.
    public boolean hasGenerationBlocks() {
        return program.hasGenerationBlocks();
    }

    /// As [#render(Map, Optional)], without a date: `strftime_now` is not defined.
    public Rendered render(Map<String, ? extends @Nullable Object> variables) {
        return render(variables, Optional.empty());
    }

    /// Writes the template's text.
    ///
    /// @param variables plain data: maps, lists, strings, numbers, booleans and null; mappings keep
    ///     their order
    /// @param now the date and time that `strftime_now` formats
    /// @throws AlignException.Model with the line, where an expression fails on these variables or
    ///     the template itself refuses them (`raise_exception`: the message then says `refused:`)
    public Rendered render(Map<String, ? extends @Nullable Object> variables, Optional<LocalDateTime> now) {
        try {
            Scope scope = Globals.scope(now).inner();
            variables.forEach((name, value) -> scope.set(name, Values.of(value)));
            return new Renderer().render(program.statements(), scope);
        } catch (Fault fault) {
            throw explained(fault, kind);
        } catch (StackOverflowError e) {
            // Filters chained without end nest their iterators, which no counter sees
            throw new AlignException.Model(kind + ": nested too deeply for this thread's stack; " + REMEDY, e);
        }
    }

    private static AlignException explained(Fault fault, String kind) {
        String place = fault.line() > 0 ? kind + ", line " + fault.line() + ": " : kind + ": ";
        return new AlignException.Model(place
                + switch (fault.kind()) {
                    case SYNTAX -> fault.reason() + "; correct the template's source";
                    case RENDERING -> fault.reason() + "; " + REMEDY;
                    case RAISED -> "refused: " + fault.reason() + "; give a conversation that the template takes";
                });
    }
}
