package org.align4j.rl.verify;

import java.util.Optional;

/// Decides whether the answer of a solution is the expected one: integers, decimals, fractions,
/// mixed numbers, percentages, units, LaTeX, sets, lists, points, intervals, and formulas that are
/// equal.
///
/// The answer is the last `\boxed{…}` or what follows the last "####", whichever comes last;
/// without these, what follows "Answer:", "A:" or "answer is". Equality is exact for fractions,
/// within 1e-9 where something irrational is involved; a decimal of at least four places equals
/// what it is the rounding of. 50 % equals .5 and 50; an amount without a unit equals one with any;
/// known units are converted, and letters of a formula such as 5x are none. Formulas with variables
/// are compared at several points.
///
/// No text makes it throw, and its time is bounded: an answer of more than 400 characters is
/// compared as words.
///
/// @param lastNumber whether a solution without any mark is taken to say its last number; rewards
///     for that are cheap to get by chance
public record MathVerifier(boolean lastNumber) {
    /// The answer has to be marked.
    public static final MathVerifier MARKED = new MathVerifier(false);

    private static final int MOST_CHARACTERS = 400;

    /// What a solution says its answer is, as it is written there.
    public Optional<String> answer(String solution) {
        return FinalAnswer.marked(solution).or(() -> lastNumber ? FinalAnswer.lastNumber(solution) : Optional.empty());
    }

    /// Whether a solution ends with the expected answer.
    ///
    /// @param expected an answer, or a solution with a marked one
    public boolean isRight(String solution, String expected) {
        String wanted = FinalAnswer.marked(expected).orElse(expected);
        return answer(solution).map(answer -> same(answer, wanted)).orElse(false);
    }

    /// Whether two answers are the same.
    ///
    /// @param given it may be a sentence with one number in it
    /// @param expected the answer itself
    public static boolean same(String given, String expected) {
        String answer = given.strip();
        String wanted = expected.strip();
        if (answer.equals(wanted)) {
            return !answer.isEmpty();
        }
        if (answer.isEmpty() || wanted.isEmpty() || Math.max(answer.length(), wanted.length()) > MOST_CHARACTERS) {
            return false;
        }
        Answer reading = AnswerReader.read(wanted);
        if (AnswerReader.read(answer).sameAs(reading)) {
            return true;
        }
        // "She has 5 left": only where nothing else can be meant
        return isWords(answer)
                && FinalAnswer.onlyNumber(answer)
                        .map(number -> AnswerReader.read(number).sameAs(reading))
                        .orElse(false);
    }

    private static boolean isWords(String answer) {
        return AnswerReader.read(answer) instanceof Answer.Single single
                && single.readings().isEmpty()
                && answer.chars().filter(Character::isLetter).count() >= 2;
    }
}
