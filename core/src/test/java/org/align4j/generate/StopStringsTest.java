package org.align4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.junit.jupiter.api.Test;

class StopStringsTest {
    @Test
    void holdsBackWhatMightBeginAStopString() {
        StopStrings.Matcher matcher = new StopStrings(List.of("\nUser:")).matcher();
        assertThat(matcher.accept("Hello\n")).isEqualTo("Hello");
        assertThat(matcher.accept("Us")).isEmpty();
        assertThat(matcher.accept("ually")).isEqualTo("\nUsually");
        assertThat(matcher.accept("!\nUser: what")).isEqualTo("!");
        assertThat(matcher.found()).contains("\nUser:");
        assertThat(matcher.accept("more")).isEmpty();
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void givesHeldTextBackWhenTheAnswerEnds() {
        StopStrings.Matcher matcher = new StopStrings(List.of("###")).matcher();
        assertThat(matcher.accept("a##")).isEqualTo("a");
        assertThat(matcher.finish()).isEqualTo("##");
        assertThat(matcher.found()).isEmpty();
    }

    @Test
    void findsAStopStringThatBeginsInsideAFailedBeginning() {
        StopStrings.Matcher matcher = new StopStrings(List.of("aab")).matcher();
        assertThat(matcher.accept("aa") + matcher.accept("ab!")).isEqualTo("a");
        assertThat(matcher.found()).contains("aab");
    }

    @Test
    void theLongestOfThoseCompleteAtOnceWins() {
        StopStrings.Matcher matcher = new StopStrings(List.of("d", "cd", "bcde")).matcher();
        assertThat(matcher.accept("abcde")).isEqualTo("ab");
        assertThat(matcher.found()).contains("cd");
    }

    @Test
    void withoutStopStringsAllTextPassesAtOnce() {
        assertThat(new StopStrings(List.of()).matcher().accept("text")).isEqualTo("text");
    }

    @Test
    void theResultDoesNotDependOnTheCuts() {
        CounterRandom random = CounterRandom.of(3, "test");
        StopStrings stops = new StopStrings(List.of("abab", "bb", "caac"));
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 24; i++) {
                text.append((char) ('a' + random.below(3, round, i)));
            }
            StopStrings.Matcher whole = stops.matcher();
            String expected = whole.accept(text.toString()) + whole.finish();
            StopStrings.Matcher cut = stops.matcher();
            StringBuilder shown = new StringBuilder();
            int from = 0;
            while (from < text.length()) {
                int to = (int) Math.min(text.length(), from + 1 + random.below(4, round, 100 + from));
                shown.append(cut.accept(text.substring(from, to)));
                assertThat(expected).startsWith(shown);
                from = to;
            }
            assertThat(shown.append(cut.finish())).hasToString(expected);
            assertThat(cut.found()).isEqualTo(whole.found());
            assertThat(List.of("abab", "bb", "caac")).noneMatch(expected::contains);
        }
    }

    @Test
    void refusesAnEmptyStopString() {
        assertThatThrownBy(() -> new StopStrings(List.of("")))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("empty string");
    }
}
