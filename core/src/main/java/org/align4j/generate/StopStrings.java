package org.align4j.generate;

import java.util.List;
import java.util.Optional;
import org.align4j.error.AlignException;

/// Strings that end an answer. A [Matcher] watches one answer as its text arrives in pieces and
/// lets out only what certainly comes before a stop string; neither the string nor what follows
/// it is let out.
///
/// Of several stop strings the one that is complete first ends the answer; of those complete at
/// the same character the longest does. So the result doesn't depend on how the text was cut
/// into pieces.
public final class StopStrings {
    private final List<String> stops;

    /// @throws AlignException.Config for an empty string, which would stop everywhere
    public StopStrings(List<String> stops) {
        if (stops.contains("")) {
            throw new AlignException.Config("stop strings: an empty string stops every answer; remove it");
        }
        this.stops = List.copyOf(stops);
    }

    /// A matcher for one answer.
    public Matcher matcher() {
        return new Matcher();
    }

    /// Watches one answer.
    public final class Matcher {
        /// Text not let out yet: what might begin a stop string.
        private final StringBuilder held = new StringBuilder();

        private Optional<String> found = Optional.empty();

        private Matcher() {}

        /// Takes the next piece and gives the text that can be shown now, which may be empty.
        /// After a stop string it is always empty.
        public String accept(String piece) {
            for (int i = 0; i < piece.length() && found.isEmpty(); i++) {
                held.append(piece.charAt(i));
                found = longestAtEnd();
            }
            if (found.isPresent()) {
                String before = held.substring(
                        0, Math.max(0, held.length() - found.get().length()));
                held.setLength(0);
                return before;
            }
            return release(held.length() - beginningLength());
        }

        /// The text still held back, at the answer's end: nothing stopped it.
        public String finish() {
            return release(held.length());
        }

        /// The stop string that ended the answer.
        public Optional<String> found() {
            return found;
        }

        private String release(int length) {
            String text = held.substring(0, length);
            held.delete(0, length);
            return text;
        }

        private Optional<String> longestAtEnd() {
            String longest = "";
            for (String stop : stops) {
                int start = held.length() - stop.length();
                if (stop.length() > longest.length() && start >= 0 && held.indexOf(stop, start) == start) {
                    longest = stop;
                }
            }
            return longest.isEmpty() ? Optional.empty() : Optional.of(longest);
        }

        /// The length of the longest end of the held text that begins a stop string.
        private int beginningLength() {
            int longest = 0;
            for (String stop : stops) {
                for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
                    if (stop.startsWith(held.substring(held.length() - n))) {
                        longest = n;
                    }
                }
            }
            return longest;
        }
    }
}
