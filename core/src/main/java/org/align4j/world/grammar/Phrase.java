package org.align4j.world.grammar;

import java.util.ArrayList;
import java.util.List;

/// Text with slots and choices: `{name}` is a slot, `[a|b]` a choice (which may be empty and nest),
/// `^` makes the next letter a capital.
public sealed interface Phrase {
    /// Text as it is.
    record Text(String text) implements Phrase {}

    /// What the slot or rule of this name says.
    record Slot(String name) implements Phrase {}

    /// One of the alternatives, each as likely as the others.
    record Choice(List<Phrase> alternatives) implements Phrase {
        public Choice {
            alternatives = List.copyOf(alternatives);
        }
    }

    /// One after the other.
    record Sequence(List<Phrase> parts) implements Phrase {
        public Sequence {
            parts = List.copyOf(parts);
        }
    }

    /// The next letter is a capital.
    record Capital() implements Phrase {}

    /// Reads the notation above.
    ///
    /// @throws IllegalArgumentException for a bracket or brace that isn't closed
    static Phrase parse(String notation) {
        return new Reader(notation).phrase();
    }

    /// A recursive descent over the notation.
    final class Reader {
        private final String notation;
        private int at;

        private Reader(String notation) {
            this.notation = notation;
        }

        private Phrase phrase() {
            Phrase whole = sequence();
            if (at < notation.length()) {
                throw new IllegalArgumentException("unexpected '" + notation.charAt(at) + "' in: " + notation);
            }
            return whole;
        }

        private Phrase sequence() {
            List<Phrase> parts = new ArrayList<>();
            while (at < notation.length() && notation.charAt(at) != '|' && notation.charAt(at) != ']') {
                switch (notation.charAt(at)) {
                    case '{' -> parts.add(new Slot(until('}')));
                    case '[' -> parts.add(choice());
                    case '^' -> {
                        parts.add(new Capital());
                        at++;
                    }
                    default -> parts.add(text());
                }
            }
            return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
        }

        private Phrase text() {
            int start = at;
            while (at < notation.length() && "{[|]^".indexOf(notation.charAt(at)) < 0) {
                at++;
            }
            return new Text(notation.substring(start, at));
        }

        private Phrase choice() {
            List<Phrase> alternatives = new ArrayList<>();
            do {
                at++;
                alternatives.add(sequence());
            } while (at < notation.length() && notation.charAt(at) == '|');
            close(']');
            return new Choice(alternatives);
        }

        private String until(char end) {
            int start = at + 1;
            int stop = notation.indexOf(end, start);
            if (stop < 0) {
                throw new IllegalArgumentException("'" + end + "' is missing in: " + notation);
            }
            at = stop + 1;
            return notation.substring(start, stop);
        }

        private void close(char end) {
            if (at >= notation.length() || notation.charAt(at) != end) {
                throw new IllegalArgumentException("'" + end + "' is missing in: " + notation);
            }
            at++;
        }
    }
}
