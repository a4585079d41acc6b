package org.align4j.tokenizer.template;

/// What a missing variable, attribute or element gives: it prints as nothing and is false and
/// empty, and any other use fails with `reason`.
record Undefined(String reason) {
    static Undefined variable(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    static Undefined attribute(Object owner, String name) {
        return new Undefined("'" + Values.described(owner) + "' has no attribute " + PythonText.repr(name));
    }

    static Undefined element(Object owner, Object key) {
        return key instanceof String name
                ? attribute(owner, name)
                : new Undefined(Values.described(owner) + " has no element " + PythonText.repr(key));
    }

    /// `value`, which must not be undefined.
    static Object require(Object value) {
        if (value instanceof Undefined undefined) {
            throw new Fault(undefined.reason);
        }
        return value;
    }
}
