package org.align4j.tokenizer.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.align4j.tokenizer.template.Statement.Target;

/// Parses a template: text, print tags and statements.
final class Parser {
    private static final Set<String> UNSUPPORTED =
            Set.of("autoescape", "block", "extends", "from", "import", "include", "print");

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    /// Loops around the current statement within the current function: `break` must find one.
    private int loops;

    private boolean sawGeneration;

    private Parser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /// A whole template.
    record Program(List<Statement> statements, boolean hasGenerationBlocks) {}

    static Program parse(String source, Lexer.Blocks blocks) {
        Parser parser = new Parser(new TokenStream(Lexer.tokens(source, blocks)));
        List<Statement> statements = parser.statements(Set.of());
        return new Program(statements, parser.sawGeneration);
    }

    /// Statements up to a tag named in `ends`, which is left to the caller.
    private List<Statement> statements(Set<String> ends) {
        List<Statement> statements = new ArrayList<>();
        while (!tokens.is(Token.Kind.END)) {
            Token token = tokens.current();
            if (token.kind() == Token.Kind.TEXT) {
                tokens.next();
                statements.add(new Statement.Text(token.text(), token.line()));
            } else if (token.kind() == Token.Kind.PRINT_BEGIN) {
                tokens.next();
                statements.add(new Statement.Print(expressions.tuple(), token.line()));
                tokens.expect(Token.Kind.PRINT_END);
            } else if (ends.contains(tokens.following().text())) {
                return List.copyOf(statements);
            } else {
                tokens.expect(Token.Kind.TAG_BEGIN);
                statements.add(tokens.nested(this::statement));
            }
        }
        if (!ends.isEmpty()) {
            throw tokens.expected(
                    "a tag " + String.join(" or ", ends.stream().sorted().toList()));
        }
        return List.copyOf(statements);
    }

    /// The rest of a tag, the statements it opens and their end tag.
    private List<Statement> body(String end) {
        List<Statement> body = bodyUpTo(Set.of(end));
        endTag();
        tokens.expect(Token.Kind.TAG_END);
        return body;
    }

    private List<Statement> bodyUpTo(Set<String> ends) {
        // An old form that Jinja still takes: {% if x: %}
        tokens.acceptOperator(":");
        tokens.expect(Token.Kind.TAG_END);
        return statements(ends);
    }

    private String endTag() {
        tokens.expect(Token.Kind.TAG_BEGIN);
        return tokens.expectName();
    }

    /// A function's body: no loop around it can be broken from within.
    private List<Statement> functionBody(String end) {
        int outer = loops;
        loops = 0;
        List<Statement> body = body(end);
        loops = outer;
        return body;
    }

    private Statement statement() {
        int line = tokens.line();
        String name = tokens.expectName();
        return switch (name) {
            case "if" -> ifStatement(line);
            case "for" -> forStatement(line);
            case "break" -> jump(new Statement.Break(line), name);
            case "continue" -> jump(new Statement.Continue(line), name);
            case "set" -> set(line);
            case "with" -> with(line);
            case "macro" -> {
                String macro = tokens.expectName();
                yield new Statement.MacroDefinition(macro, signature(), functionBody("endmacro"), line);
            }
            case "call" -> call(line);
            case "filter" -> {
                Expression value = expressions.filters(new Expression.Name(Statement.CAPTURED, line));
                yield new Statement.FilterBlock(value, body("endfilter"), line);
            }
            case "generation" -> {
                sawGeneration = true;
                yield new Statement.Generation(functionBody("endgeneration"), line);
            }
            default -> throw Fault.syntax(line, unknown(name));
        };
    }

    private static String unknown(String name) {
        return UNSUPPORTED.contains(name)
                ? "the tag '" + name + "' is not supported in chat templates"
                : "Encountered unknown tag '" + name + "'.";
    }

    private Statement ifStatement(int line) {
        Set<String> ends = Set.of("elif", "else", "endif");
        List<Statement.Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        String tag = "elif";
        while (tag.equals("elif")) {
            Expression test = expressions.tupleWithoutCondition();
            branches.add(new Statement.Branch(test, bodyUpTo(ends)));
            tag = endTag();
        }
        if (tag.equals("else")) {
            otherwise = body("endif");
        } else {
            tokens.expect(Token.Kind.TAG_END);
        }
        return new Statement.If(List.copyOf(branches), otherwise, line);
    }

    private Statement forStatement(int line) {
        Target target = targets();
        if (!tokens.acceptName("in")) {
            throw tokens.expected("'in'");
        }
        Expression iterable = expressions.tupleWithoutCondition();
        Optional<Expression> filter =
                tokens.acceptName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        boolean recursive = tokens.acceptName("recursive");
        loops++;
        List<Statement> body = bodyUpTo(Set.of("else", "endfor"));
        loops--;
        List<Statement> otherwise = List.of();
        if (endTag().equals("else")) {
            otherwise = body("endfor");
        } else {
            tokens.expect(Token.Kind.TAG_END);
        }
        return new Statement.For(target, iterable, filter, recursive, body, otherwise, line);
    }

    private Statement jump(Statement jump, String name) {
        if (loops == 0) {
            throw Fault.syntax(jump.line(), "'" + name + "' outside loop");
        }
        tokens.expect(Token.Kind.TAG_END);
        return jump;
    }

    private Statement set(int line) {
        Target target = targets();
        if (tokens.acceptOperator("=")) {
            Expression value = expressions.tuple();
            tokens.expect(Token.Kind.TAG_END);
            return new Statement.Assign(target, value, line);
        }
        Expression captured = new Expression.Name(Statement.CAPTURED, line);
        Expression value = tokens.acceptOperator("|") ? expressions.filters(captured) : captured;
        return new Statement.AssignBlock(target, value, body("endset"), line);
    }

    private Statement with(int line) {
        List<Statement.Binding> bindings = new ArrayList<>();
        while (!tokens.is(Token.Kind.TAG_END)) {
            if (!bindings.isEmpty()) {
                tokens.expectOperator(",");
            }
            Target target = target();
            tokens.expectOperator("=");
            bindings.add(new Statement.Binding(target, expressions.expression()));
        }
        return new Statement.With(List.copyOf(bindings), body("endwith"), line);
    }

    private Statement call(int line) {
        Statement.Signature signature = tokens.isOperator("(") ? signature() : Statement.Signature.EMPTY;
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw Fault.syntax(line, "expected call");
        }
        return new Statement.CallBlock(call, signature, functionBody("endcall"), line);
    }

    private Statement.Signature signature() {
        tokens.expectOperator("(");
        List<Statement.Parameter> parameters = new ArrayList<>();
        while (!tokens.acceptOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            String name = tokens.expectName();
            Optional<Expression> fallback =
                    tokens.acceptOperator("=") ? Optional.of(expressions.expression()) : Optional.empty();
            if (fallback.isEmpty()
                    && !parameters.isEmpty()
                    && parameters.getLast().fallback().isPresent()) {
                throw tokens.expected("a default for '" + name + "', which follows a parameter with one");
            }
            parameters.add(new Statement.Parameter(name, fallback));
        }
        return new Statement.Signature(List.copyOf(parameters));
    }

    /// One target, or several with commas between them.
    private Target targets() {
        Target first = target();
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Target> targets = new ArrayList<>(List.of(first));
        while (tokens.acceptOperator(",") && (tokens.is(Token.Kind.NAME) || tokens.isOperator("("))) {
            if (tokens.isName("in")) {
                break;
            }
            targets.add(target());
        }
        return new Target.Several(List.copyOf(targets));
    }

    private Target target() {
        if (tokens.acceptOperator("(")) {
            Target inside = tokens.nested(this::targets);
            tokens.expectOperator(")");
            return inside;
        }
        Token token = tokens.current();
        String name = tokens.expectName();
        if (Set.of("true", "True", "false", "False", "none", "None").contains(name)) {
            throw Fault.syntax(token.line(), "can't assign to '" + name + "'");
        }
        return tokens.acceptOperator(".")
                ? new Target.NamespaceAttribute(name, tokens.expectName())
                : new Target.Variable(name);
    }
}
