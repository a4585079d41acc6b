package org.align4j.generate;

/// Hears of answers as they grow. Called on the thread that generates.
public interface GenerationListener {
    /// Hears nothing.
    GenerationListener NONE = new GenerationListener() {};

    /// A token was chosen.
    ///
    /// @param request its place among the requests, from 0
    /// @param text what can be shown now, often empty: whole characters that begin no stop string
    default void token(int request, int token, String text) {}

    /// An answer ended.
    ///
    /// @param rest text that [#token] still held back
    default void finished(int request, String rest, Generation generation) {}
}
