package org.align4j.evaluate;

/// Hears how an evaluation goes, on the thread that runs it.
public interface EvaluationListener {
    /// Hears nothing.
    EvaluationListener NONE = new EvaluationListener() {};

    /// Work begins.
    ///
    /// @param what such as `gsm8k: answers`
    /// @param items how many there are
    /// @param known how many of them an interrupted evaluation left behind
    default void started(String what, int items, int known) {}

    /// More is done.
    ///
    /// @param items how much; an item may be done in parts
    default void done(double items) {}
}
