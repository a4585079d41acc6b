package org.align4j.rl.verify;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a solution says what its answer is.
final class FinalAnswer {
    /// No more of a solution's end is looked at.
    private static final int MOST_CHARACTERS = 20_000;

    private static final int MOST_BOXES = 100;
    private static final int LONGEST_BOX = 2000;

    private static final Pattern BOX = Pattern.compile("\\\\f?boxed\\s*");
    private static final String GSM8K = "####";
    private static final Pattern LINE =
            Pattern.compile("(?im)^[ \\t*]{0,8}(?:the )?(?:final )?(?:answer|a)[ \\t*]{0,8}[:=](.*)$");
    private static final Pattern SENTENCE = Pattern.compile("(?i)answer is:?([^\\n]*)");
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?](?:\\s|$)");
    private static final Pattern NUMBER = Pattern.compile("-?(?:\\d[\\d,]*(?:\\.\\d+)?|\\.\\d+)(?:/\\d+)?%?");

    private FinalAnswer() {}

    /// The last boxed text, or the rest of the line after the last "####", whichever comes last;
    /// where there is neither, what follows the last "Answer:", "A:" or "answer is".
    static Optional<String> marked(String solution) {
        String text = end(solution);
        Optional<Found> found = later(boxed(text), afterHashes(text));
        if (found.isEmpty()) {
            found = later(
                    last(LINE, text),
                    last(SENTENCE, text)
                            .map(sentence ->
                                    new Found(sentence.at(), SENTENCE_END.split(sentence.text(), 2)[0])));
        }
        return found.map(Found::text).map(String::strip).filter(answer -> !answer.isEmpty());
    }

    /// The last number of a text.
    static Optional<String> lastNumber(String solution) {
        return last(NUMBER, end(solution)).map(Found::text);
    }

    /// The number of a text that has one only.
    static Optional<String> onlyNumber(String text) {
        Matcher matcher = NUMBER.matcher(end(text));
        if (!matcher.find()) {
            return Optional.empty();
        }
        String number = matcher.group();
        return matcher.find() ? Optional.empty() : Optional.of(number);
    }

    private record Found(int at, String text) {}

    private static String end(String text) {
        return text.length() > MOST_CHARACTERS ? text.substring(text.length() - MOST_CHARACTERS) : text;
    }

    private static Optional<Found> later(Optional<Found> a, Optional<Found> b) {
        return a.isPresent() && (b.isEmpty() || a.get().at() > b.get().at()) ? a : b;
    }

    private static Optional<Found> last(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        Optional<Found> found = Optional.empty();
        while (matcher.find()) {
            found = Optional.of(new Found(matcher.start(), matcher.group(matcher.groupCount())));
        }
        return found;
    }

    private static Optional<Found> afterHashes(String text) {
        int at = text.lastIndexOf(GSM8K);
        if (at < 0) {
            return Optional.empty();
        }
        int lineEnd = text.indexOf('\n', at);
        return Optional.of(new Found(at, text.substring(at + GSM8K.length(), lineEnd < 0 ? text.length() : lineEnd)));
    }

    /// The last box that is closed.
    private static Optional<Found> boxed(String text) {
        List<MatchResult> boxes = BOX.matcher(text).results().toList().reversed();
        for (MatchResult box : boxes.subList(0, Math.min(MOST_BOXES, boxes.size()))) {
            int start = box.end();
            if (start < text.length() && text.charAt(start) == '{') {
                int close = closing(text, start);
                if (close > 0) {
                    return Optional.of(new Found(box.start(), text.substring(start + 1, close)));
                }
            } else if (start < text.length()) {
                // \boxed 5
                String word = text.substring(start, Math.min(text.length(), start + LONGEST_BOX))
                        .split("[\\s$]", 2)[0];
                return Optional.of(new Found(box.start(), word));
            }
        }
        return Optional.empty();
    }

    /// The brace that closes the one at `open`; -1 if there is none nearby.
    private static int closing(String text, int open) {
        int depth = 0;
        for (int i = open; i < Math.min(text.length(), open + LONGEST_BOX); i++) {
            char character = text.charAt(i);
            if (character == '\\') {
                i++;
            } else if (character == '{') {
                depth++;
            } else if (character == '}' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }
}
