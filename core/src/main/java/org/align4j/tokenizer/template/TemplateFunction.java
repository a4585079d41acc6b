package org.align4j.tokenizer.template;

/// What a template can call: a macro, a method, a builtin.
@FunctionalInterface
interface TemplateFunction {
    Object call(Arguments arguments);
}
