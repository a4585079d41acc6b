package org.align4j.tokenizer.template;

import java.util.List;
import java.util.function.Supplier;

/// A parser's place in the tokens, and how deep it is.
final class TokenStream {
    private final List<Token> tokens;
    private int at;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token following() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    int line() {
        return current().line();
    }

    /// The current token; moves on, but never past the end.
    Token next() {
        Token token = current();
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    boolean is(Token.Kind kind) {
        return current().kind() == kind;
    }

    boolean isOperator(String operator) {
        return current().is(Token.Kind.OPERATOR, operator);
    }

    boolean isName(String name) {
        return current().is(Token.Kind.NAME, name);
    }

    boolean acceptOperator(String operator) {
        return accept(isOperator(operator));
    }

    boolean acceptName(String name) {
        return accept(isName(name));
    }

    private boolean accept(boolean matches) {
        if (matches) {
            at++;
        }
        return matches;
    }

    void expectOperator(String operator) {
        if (!acceptOperator(operator)) {
            throw expected("token '" + operator + "'");
        }
    }

    String expectName() {
        if (!is(Token.Kind.NAME)) {
            throw expected("a name");
        }
        return next().text();
    }

    void expect(Token.Kind kind) {
        if (!is(kind)) {
            throw expected(new Token(kind, "", 0).described());
        }
        next();
    }

    Fault expected(String what) {
        return Fault.syntax(line(), "expected " + what + ", got " + current().described());
    }

    /// Runs one level of a parser that calls itself.
    <T> T nested(Supplier<T> level) {
        if (++depth > Limits.NESTING) {
            throw Fault.syntax(line(), "nested deeper than " + Limits.NESTING + " levels");
        }
        T result = level.get();
        depth--;
        return result;
    }
}
