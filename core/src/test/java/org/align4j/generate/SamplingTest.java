package org.align4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;

class SamplingTest {
    @Test
    void reportsEverySettingOutOfRangeTogether() {
        assertThatThrownBy(() -> Sampling.defaults().with(changed -> {
                    changed.temperature = Double.NaN;
                    changed.topK = -1;
                    changed.topP = 0;
                    changed.minP = 2;
                    changed.repetitionPenalty = 0;
                    changed.badWords = List.of(List.of());
                    changed.stopStrings = List.of("");
                }))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContainingAll(
                        "temperature: NaN", "topK: -1", "topP: 0.0", "minP: 2.0", "repetitionPenalty: 0.0", "badWords")
                .hasMessageContaining("stopStrings");
    }

    @Test
    void processorsComeInTheOrderOfTransformers() {
        Sampling all = Sampling.defaults().with(changed -> {
            changed.temperature = 0.5;
            changed.topK = 3;
            changed.topP = 0.9;
            changed.minP = 0.1;
            changed.typicalP = 0.9;
            changed.epsilonCutoff = 0.01;
            changed.etaCutoff = 0.01;
            changed.repetitionPenalty = 1.1;
            changed.noRepeatNgram = 3;
            changed.minNewTokens = 4;
            changed.badWords = List.of(List.of(5));
            changed.suppressedTokens = List.of(6);
        });
        List<LogitsProcessor> rules = List.of(
                new LogitsProcessor.RepetitionPenalty(1.1),
                new TokenBan.NoRepeatNgram(3),
                new TokenBan.BadWords(List.of(List.of(5)), List.of(2)),
                new TokenBan.MinNewTokens(4, List.of(2)),
                new TokenBan.Suppress(List.of(6)));
        List<LogitsProcessor> shaping = List.of(
                new LogitsProcessor.Temperature(0.5),
                new LogitsFilter.TopK(3, 1),
                new LogitsFilter.TopP(0.9, 1),
                new LogitsFilter.MinP(0.1, 1),
                new LogitsFilter.TypicalP(0.9, 1),
                new LogitsFilter.EpsilonCutoff(0.01, 1),
                new LogitsFilter.EtaCutoff(0.01, 1));
        assertThat(all.processors(List.of(2))).startsWith(rules.toArray(LogitsProcessor[]::new));
        assertThat(all.processors(List.of(2))).endsWith(shaping.toArray(LogitsProcessor[]::new));
        assertThat(all.processors(List.of(2))).hasSize(rules.size() + shaping.size());
        Sampling greedy = all.with(changed -> changed.temperature = 0);
        assertThat(greedy.processors(List.of(2))).isEqualTo(rules);
    }

    @Test
    void onlyTemperatureLeavesTheModelsDistribution() {
        assertThat(Sampling.defaults().processors(List.of(2))).isEmpty();
        assertThat(Sampling.defaults()
                        .with(changed -> {
                            changed.temperature = 0.7;
                            changed.seed = 3;
                        })
                        .changesDistribution())
                .isFalse();
        assertThat(Sampling.defaults().with(changed -> changed.topK = 50).changesDistribution())
                .isTrue();
        assertThat(Sampling.greedy().changesDistribution()).isTrue();
    }

    @Test
    void bansNothingBeforeAnNgramCanRepeat() {
        TokenBan.NoRepeatNgram trigrams = new TokenBan.NoRepeatNgram(3);
        assertThat(trigrams.banned(new TokenHistory(1))).isEmpty();
        assertThat(trigrams.banned(new TokenHistory(1, 2))).isEmpty();
        assertThat(trigrams.banned(new TokenHistory(1, 2, 3, 1, 2))).containsExactly(3);
    }

    @Test
    void bansTheEndOfAWordOnlyAfterItsBeginning() {
        TokenBan.BadWords words = new TokenBan.BadWords(List.of(List.of(4, 5), List.of(2), List.of(9)), List.of(2));
        // A word that is the end token alone isn't banned.
        assertThat(words.banned(new TokenHistory(4))).containsExactlyInAnyOrder(5, 9);
        assertThat(words.banned(new TokenHistory(4, 1))).containsExactly(9);
    }
}
