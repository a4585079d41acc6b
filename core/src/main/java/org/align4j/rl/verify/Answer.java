package org.align4j.rl.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an answer is.
sealed interface Answer {
    /// A number or formula, maybe with a unit, or words.
    ///
    /// @param words the text, lower case, without spaces and signs of writing
    /// @param shortWords whether it looks like words of three letters, although cat can be read as a
    ///     product of letters
    /// @param readings what it may mean; none: it is words only
    record Single(String words, boolean shortWords, List<Reading> readings) implements Answer {}

    /// Several, in any order: a set, a list, a union.
    record Several(List<Answer> parts) implements Answer {}

    /// In this order and between these brackets: a point or an interval.
    record Ordered(String brackets, List<Answer> parts) implements Answer {}

    /// Two sides of an equation, as their difference.
    record Equation(Expression difference) implements Answer {}

    /// One way to read a text as an amount.
    ///
    /// @param unit as far as it is known
    /// @param named whether there is any word behind the amount
    /// @param percent whether it is in hundredths
    record Reading(Expression value, Optional<Unit> unit, boolean named, boolean percent) {
        boolean sameAs(Reading other) {
            if (unit.isPresent() && other.unit.isPresent()) {
                return unit.get().kind().equals(other.unit.get().kind())
                        && inFirstUnit().sameAs(other.inFirstUnit());
            }
            if (named && other.named) {
                // 5 apples and 5 pieces of fruit; but not 5 hours and 5 apples
                return unit.isEmpty() && other.unit.isEmpty() && value.sameAs(other.value);
            }
            if (percent != other.percent) {
                return value.sameAs(other.value) || hundredths().sameAs(other.hundredths());
            }
            boolean counted = unit.or(() -> other.unit).filter(Unit::isCount).isPresent();
            return counted ? inFirstUnit().sameAs(other.inFirstUnit()) : value.sameAs(other.value);
        }

        private Expression inFirstUnit() {
            return unit.<Expression>map(
                            known -> new Expression.Product(value, new Expression.Constant(Amount.of(known.factor()))))
                    .orElse(value);
        }

        private Expression hundredths() {
            return percent
                    ? new Expression.Quotient(value, new Expression.Constant(Amount.of(Rational.of(100))))
                    : value;
        }
    }

    /// Whether both are the same answer.
    default boolean sameAs(Answer other) {
        return switch (this) {
            case Single mine -> other instanceof Single theirs && same(mine, theirs);
            case Several(List<Answer> parts) -> other instanceof Several theirs && inAnyOrder(parts, theirs.parts());
            case Ordered(String brackets, List<Answer> parts) ->
                other instanceof Ordered theirs && brackets.equals(theirs.brackets()) && inOrder(parts, theirs.parts());
            case Equation(Expression difference) ->
                other instanceof Equation theirs
                        && (difference.sameAs(theirs.difference())
                                || difference.sameAs(new Expression.Negative(theirs.difference())));
        };
    }

    private static boolean same(Single mine, Single theirs) {
        boolean sameWords = !mine.words().isEmpty() && mine.words().equals(theirs.words());
        boolean onlyWords = mine.readings().isEmpty() && theirs.readings().isEmpty();
        // cat isn't act
        if (onlyWords || (mine.shortWords() && theirs.shortWords())) {
            return sameWords;
        }
        // Yes and No can be read as products of letters too
        if (sameWords && mine.words().chars().allMatch(Character::isLetter)) {
            return true;
        }
        return mine.readings().stream()
                .anyMatch(reading -> theirs.readings().stream().anyMatch(reading::sameAs));
    }

    private static boolean inOrder(List<Answer> mine, List<Answer> theirs) {
        if (mine.size() != theirs.size()) {
            return false;
        }
        for (int i = 0; i < mine.size(); i++) {
            if (!mine.get(i).sameAs(theirs.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean inAnyOrder(List<Answer> mine, List<Answer> theirs) {
        List<Answer> left = new ArrayList<>(theirs);
        for (Answer part : mine) {
            Optional<Answer> match = left.stream().filter(part::sameAs).findFirst();
            if (match.isEmpty()) {
                return false;
            }
            left.remove(match.get());
        }
        return left.isEmpty();
    }
}
