package org.align4j.rl.verify;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The letter that an answer to a multiple-choice question chooses.
public final class MultipleChoice {
    private static final Pattern LETTER = Pattern.compile("^[\\s(\\[{*$\"']{0,8}([A-Za-z])(?=[)\\]}*$\"'.:,\\s]|$)");
    private static final Pattern BRACKETED = Pattern.compile("\\(([A-Z])\\)");

    /// "A man", "I would"; but "A is right" and "A would be" speak of the choice.
    private static final Pattern WORD =
            Pattern.compile("(?s)(?:[Aa]\\s+(?!(?:is|because|since|would)\\b)|[Ii]\\s+(?!is\\b))\\p{L}.*");

    private MultipleChoice() {}

    /// The choice, a capital letter: of the marked answer (see [MathVerifier]) if there is one; of
    /// a response that begins with a letter and a sign, or is one; of the only letter in round
    /// brackets.
    public static Optional<String> of(String response) {
        Optional<String> marked = FinalAnswer.marked(response);
        if (marked.isPresent()) {
            String text = Notation.plain(marked.get());
            // "the answer is a prime number (C)"
            Optional<String> letter =
                    isWord(text) && Character.isLowerCase(text.charAt(0)) ? Optional.empty() : first(text);
            return letter.or(() -> bracketed(marked.get()));
        }
        Optional<String> first = first(response);
        boolean word = first.isPresent() && isWord(response.strip());
        return first.isPresent() && !word ? first : bracketed(response);
    }

    /// Whether a response chooses what is expected, a letter in any form; absent where that is no
    /// letter.
    public static Optional<Boolean> isRight(String response, String expected) {
        Optional<String> wanted = of(expected);
        return wanted.map(letter -> of(response).filter(letter::equals).isPresent());
    }

    private static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }

    private static Optional<String> first(String text) {
        Matcher matcher = LETTER.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
    }

    private static Optional<String> bracketed(String text) {
        Matcher matcher = BRACKETED.matcher(text);
        Optional<String> choice = Optional.empty();
        while (matcher.find()) {
            if (choice.isPresent() && !choice.get().equals(matcher.group(1))) {
                return Optional.empty();
            }
            choice = Optional.of(matcher.group(1));
        }
        return choice;
    }
}
