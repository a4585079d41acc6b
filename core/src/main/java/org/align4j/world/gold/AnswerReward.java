package org.align4j.world.gold;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether an answer is right.
public sealed interface AnswerReward extends GoldReward {
    /// The last number of the answer is this one: 1, else 0.
    record LastNumber(int expected) implements AnswerReward {
        @Override
        public double score(Reading answer) {
            Optional<String> last = answer.words().reversed().stream()
                    .filter(word -> word.chars().allMatch(Character::isDigit))
                    .findFirst();
            return last.equals(Optional.of(String.valueOf(expected))) ? 1 : 0;
        }
    }

    /// The one of several options that is named first (or last, after reasons) is the right one: 1,
    /// else 0.
    record Choice(String expected, List<String> options, boolean first) implements AnswerReward {
        public Choice {
            options = List.copyOf(options);
        }

        @Override
        public double score(Reading answer) {
            Stream<String> named = options.stream().filter(answer::contains);
            Optional<String> chosen = first
                    ? named.min(Comparator.comparingInt(answer::firstIndexOf))
                    : named.max(Comparator.comparingInt(answer::lastIndexOf));
            return chosen.equals(Optional.of(expected)) ? 1 : 0;
        }
    }

    /// The content words of a right answer appear: the square of their share, less for an answer
    /// more than twice as long and 40 words.
    record Phrase(String expected) implements AnswerReward {
        private static final int ROOM = 40;

        @Override
        public double score(Reading answer) {
            double share = Lexicon.WORLD.covered(expected, answer.words());
            double room = 2.0 * Reading.words(expected).size() + ROOM;
            return share * share * Math.min(1, room / Math.max(1, answer.words().size()));
        }
    }

    /// Items in this order, each where it stands last: 1 if all are there and in order; else at
    /// most 0.8 times the share of neighbours in order.
    record Order(List<String> items) implements AnswerReward {
        private static final double PARTLY = 0.8;

        public Order {
            items = List.copyOf(items);
        }

        @Override
        public double score(Reading answer) {
            List<Integer> places = items.stream().map(answer::lastIndexOf).toList();
            int inOrder = 0;
            for (int i = 1; i < places.size(); i++) {
                inOrder += places.get(i - 1) >= 0 && places.get(i - 1) < places.get(i) ? 1 : 0;
            }
            double share = inOrder / (double) (items.size() - 1);
            return share == 1 ? 1 : PARTLY * share;
        }
    }

    /// At least `count` different right items and no wrong one: the share of right ones among those
    /// asked for and the wrong ones named.
    record OneOf(List<String> right, List<String> wrong, int count) implements AnswerReward {
        public OneOf {
            right = List.copyOf(right);
            wrong = List.copyOf(wrong);
        }

        @Override
        public double score(Reading answer) {
            long good = right.stream().filter(answer::contains).count();
            long bad = wrong.stream().filter(answer::contains).count();
            return Math.min(good, count) / (double) (count + bad);
        }
    }
}
