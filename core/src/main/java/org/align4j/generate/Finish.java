package org.align4j.generate;

/// Why an answer ended.
public enum Finish {
    /// With a token that ends answers.
    EOS,
    /// With a stop string.
    STOP,
    /// At the most tokens asked for.
    LENGTH,
    /// It was asked to.
    INTERRUPTED
}
