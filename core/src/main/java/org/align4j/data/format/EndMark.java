package org.align4j.data.format;

/// An end-of-text mark that data spell out and training adds itself.
///
/// @param text empty: nothing is taken off
record EndMark(String text) {
    /// The text without the marks at its end, and without white space behind them.
    String off(String marked) {
        String rest = marked;
        while (!text.isEmpty() && rest.stripTrailing().endsWith(text)) {
            rest = rest.stripTrailing();
            rest = rest.substring(0, rest.length() - text.length());
        }
        return rest;
    }
}
