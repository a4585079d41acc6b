package org.align4j.tokenizer.template;

import java.util.Optional;

/// Text being written: the rendering itself, or what a macro or block captures meanwhile.
final class Output {
    private final StringBuilder text = new StringBuilder();
    private final Optional<Output> around;

    Output(Optional<Output> around) {
        this.around = around;
    }

    void append(String more) {
        Limits.text((long) text.length() + more.length());
        text.append(more);
    }

    /// Where the next text will stand in the rendering, if what is captured is written right where
    /// the capture began.
    int position() {
        return around.map(Output::position).orElse(0) + text.length();
    }

    int length() {
        return text.length();
    }

    String from(int start) {
        return text.substring(start);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
