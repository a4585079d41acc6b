package org.align4j.model;

/// What a model makes of its last hidden states.
public enum Heads {
    /// Log-probabilities of tokens.
    LANGUAGE,
    /// One number, as reward and value models do; transformers calls that sequence classification
    /// with one label. A head for tokens that a file has besides is left out.
    SCALAR,
    /// Both.
    BOTH;

    /// Whether there is a head for tokens.
    public boolean language() {
        return this != SCALAR;
    }

    /// Whether there is one for a number.
    public boolean scalar() {
        return this != LANGUAGE;
    }
}
