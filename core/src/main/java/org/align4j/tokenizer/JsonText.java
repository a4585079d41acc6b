package org.align4j.tokenizer;

/// JSON for long lists. A vocabulary is written once, in a young process, where a generator's
/// checks for each of its 100,000 strings take several times what the library takes to read them.
final class JsonText {
    private final StringBuilder text;

    JsonText(int capacity) {
        text = new StringBuilder(capacity);
    }

    /// A comma before every element but the first.
    JsonText separate(int index) {
        return index == 0 ? this : raw(',');
    }

    JsonText raw(char c) {
        text.append(c);
        return this;
    }

    JsonText number(int value) {
        text.append(value);
        return this;
    }

    JsonText number(double value) {
        text.append(value);
        return this;
    }

    JsonText quoted(String value) {
        text.append('"');
        int done = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                text.append(value, done, i).append("\\u%04x".formatted((int) c));
                done = i + 1;
            }
        }
        text.append(value, done, value.length()).append('"');
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
