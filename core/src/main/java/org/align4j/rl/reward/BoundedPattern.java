package org.align4j.rl.reward;

import java.util.Optional;
import java.util.regex.Pattern;

/// A regular expression that gives up: some take ages on some texts.
///
/// @param pattern compiled
record BoundedPattern(Pattern pattern) {
    /// Characters that the search may look at.
    private static final int MOST_STEPS = 5_000_000;

    /// Too many steps.
    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;

        private TooLong() {
            super("too long", null, false, false);
        }
    }

    /// Whether it is found, or is the whole text; absent where that can't be told in time.
    Optional<Boolean> matches(String text, boolean whole) {
        CharSequence counted = new Counted(text, new int[1]);
        try {
            return Optional.of(
                    whole
                            ? pattern.matcher(counted).matches()
                            : pattern.matcher(counted).find());
        } catch (TooLong | StackOverflowError e) {
            return Optional.empty();
        }
    }

    /// Counts the characters that are read.
    @SuppressWarnings("ArrayRecordComponent") // a counter
    private record Counted(String text, int[] steps) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++steps[0] > MOST_STEPS) {
                throw new TooLong();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
