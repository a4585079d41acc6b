package org.align4j.world.gold;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What one thing asked for is worth in an answer, from 0 to 1, computed by rules: exact, cheap and
/// known to everybody. An empty answer is worth 0. None of these guards against gibberish; [Judge]
/// does.
///
/// In JSON a reward is an object whose `type` is its name.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = MoodReward.class, name = "mood"),
    @JsonSubTypes.Type(value = GoldReward.Words.class, name = "words"),
    @JsonSubTypes.Type(value = GoldReward.Length.class, name = "length"),
    @JsonSubTypes.Type(value = GoldReward.Fresh.class, name = "fresh"),
    @JsonSubTypes.Type(value = GoldReward.Repeats.class, name = "repeats"),
    @JsonSubTypes.Type(value = GoldReward.Speakers.class, name = "speakers"),
    @JsonSubTypes.Type(value = AnswerReward.LastNumber.class, name = "last_number"),
    @JsonSubTypes.Type(value = AnswerReward.Choice.class, name = "choice"),
    @JsonSubTypes.Type(value = AnswerReward.Phrase.class, name = "phrase"),
    @JsonSubTypes.Type(value = AnswerReward.Order.class, name = "order"),
    @JsonSubTypes.Type(value = AnswerReward.OneOf.class, name = "one_of"),
    @JsonSubTypes.Type(value = MannersReward.Polite.class, name = "polite"),
    @JsonSubTypes.Type(value = MannersReward.Harmless.class, name = "harmless"),
    @JsonSubTypes.Type(value = MannersReward.Willing.class, name = "willing")
})
public sealed interface GoldReward
        permits AnswerReward,
                MannersReward,
                MoodReward,
                GoldReward.Words,
                GoldReward.Length,
                GoldReward.Fresh,
                GoldReward.Repeats,
                GoldReward.Speakers {
    /// From 0 to 1.
    double score(Reading answer);

    /// Its name in tables: `mood`, `words`, `length`…
    default String name() {
        return getClass()
                .getSimpleName()
                .replace("Reward", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT);
    }

    /// The share of asked-for words that appear; `kites` counts for `kite`. A word may be a phrase.
    record Words(List<String> words) implements GoldReward {
        public Words {
            words = List.copyOf(words);
        }

        @Override
        public double score(Reading answer) {
            return words.stream()
                            .filter(word -> answer.contains(word) || answer.contains(word + "s"))
                            .count()
                    / (double) words.size();
        }
    }

    /// What a length is counted in.
    enum Unit {
        WORDS,
        SENTENCES
    }

    /// 1 for a length from `low` to `high`; outside, less by the distance over the nearer bound,
    /// down to 0.
    record Length(Unit unit, int low, int high) implements GoldReward {
        @Override
        public double score(Reading answer) {
            int length = switch (unit) {
                case WORDS -> answer.words().size();
                case SENTENCES -> answer.sentences().size();
            };
            if (length == 0) {
                return 0;
            }
            double off = length < low ? (low - length) / (double) low : Math.max(0, length - high) / (double) high;
            return Math.max(0, 1 - off);
        }
    }

    /// The share of sentences that are not copied from what was `given`.
    record Fresh(String given) implements GoldReward {
        @Override
        public double score(Reading answer) {
            List<String> old = Reading.of(given).sentences();
            return answer.sentences().isEmpty()
                    ? 0
                    : answer.sentences().stream()
                                    .filter(sentence -> !old.contains(sentence))
                                    .count()
                            / (double) answer.sentences().size();
        }
    }

    /// A phrase said so many times: 1 for the exact number and nothing else.
    record Repeats(String phrase, int times) implements GoldReward {
        @Override
        public double score(Reading answer) {
            List<String> one = Reading.words(phrase);
            int said = 0;
            int other = 0;
            for (int at = 0; at < answer.words().size(); ) {
                int end = Math.min(at + one.size(), answer.words().size());
                if (answer.words().subList(at, end).equals(one)) {
                    said++;
                    at += one.size();
                } else {
                    other++;
                    at++;
                }
            }
            double wrong = Math.abs(said - times) + (double) other / one.size();
            return said == 0 ? 0 : Math.max(0, 1 - wrong / times);
        }
    }

    /// A talk: every line is said by one of the speakers (`Mia: …`), in turns, at least `turns` of
    /// them.
    record Speakers(List<String> names, int turns) implements GoldReward {
        public Speakers {
            names = List.copyOf(names);
        }

        @Override
        public double score(Reading answer) {
            List<String> said = new ArrayList<>();
            List<String> lines =
                    answer.text().lines().filter(line -> !line.isBlank()).toList();
            for (String line : lines) {
                String speaker =
                        line.substring(0, Math.max(0, line.indexOf(':'))).strip();
                if (names.contains(speaker)) {
                    said.add(speaker);
                }
            }
            if (said.isEmpty()) {
                return 0;
            }
            int alternating = 1;
            for (int i = 1; i < said.size(); i++) {
                alternating += said.get(i).equals(said.get(i - 1)) ? 0 : 1;
            }
            double enough = Math.min(1, said.size() / (double) turns);
            return enough * alternating / lines.size();
        }
    }
}
