package org.align4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final float NONE = Float.NEGATIVE_INFINITY;
    private static final int DRAWS = 20_000;

    @Test
    void frequenciesFollowTheTemperedDistribution() {
        float[] logits = {0.3f, NONE, -1.2f, 2f, 0.9f, -0.4f, NONE};
        double temperature = 0.7;
        int[] counts = frequencies(logits, changed -> changed.temperature = temperature);
        assertThat(counts[1] + counts[6]).isZero();
        // 4 degrees of freedom: the 99.9 % point.
        assertThat(chiSquare(counts, softmax(logits, temperature))).isLessThan(18.5);
    }

    @Test
    void frequenciesFollowTheFilteredDistribution() {
        float[] logits = {0.3f, 1.1f, -1.2f, 2f, 0.9f, -0.4f, 0.2f};
        int[] counts = frequencies(logits, changed -> {
            changed.topK = 4;
            changed.topP = 0.9;
            changed.minP = 0.2;
        });
        // The best four are 3, 1, 4 and 0 with 0.520, 0.212, 0.173 and 0.095 of their sum. Top-p then
        // drops 0, for the others reach 0.905. Min-p's bound, a fifth of 3's, drops none of the rest.
        float[] kept = {NONE, 1.1f, NONE, 2f, 0.9f, NONE, NONE};
        assertThat(counts[0] + counts[2] + counts[5] + counts[6]).isZero();
        // 2 degrees of freedom: the 99.9 % point.
        assertThat(chiSquare(counts, softmax(kept, 1))).isLessThan(13.8);
    }

    @Test
    void sameSeedAndKeySameTokens() {
        try (Scope _ = Scope.open()) {
            Tensor logits = random(64, 500, 1);
            Sampling sampling = Sampling.defaults().with(changed -> changed.seed = 5);
            int[] tokens = draw(sampling, logits, rows(64)).tokens();
            assertThat(draw(sampling, logits, rows(64)).tokens()).isEqualTo(tokens);
            Sampling other = sampling.with(changed -> changed.seed = 6);
            assertThat(draw(other, logits, rows(64)).tokens()).isNotEqualTo(tokens);
        }
    }

    @Test
    void iterationPromptSampleAndPositionEachChangeTheDraw() {
        try (Scope _ = Scope.open()) {
            Tensor logits = Tensor.of(new float[10_000]).view(1, 10_000);
            TokenHistory later = new TokenHistory(1, 2);
            later.add(3);
            List<Sampler.Row> rows = List.of(
                    new Sampler.Row(new DrawKey(0, 0, 0), new TokenHistory(1, 2)),
                    new Sampler.Row(new DrawKey(1, 0, 0), new TokenHistory(1, 2)),
                    new Sampler.Row(new DrawKey(0, 1, 0), new TokenHistory(1, 2)),
                    new Sampler.Row(new DrawKey(0, 0, 1), new TokenHistory(1, 2)),
                    new Sampler.Row(new DrawKey(0, 0, 0), later));
            int[] tokens =
                    draw(Sampling.defaults(), logits.expand(5, 10_000), rows).tokens();
            assertThat(tokens).doesNotHaveDuplicates();
            // The prompt's length is no part of the key.
            Sampler.Row longer = new Sampler.Row(new DrawKey(0, 0, 0), new TokenHistory(1, 2, 3, 4));
            assertThat(draw(Sampling.defaults(), logits, List.of(longer)).tokens())
                    .containsExactly(tokens[0]);
        }
    }

    @Test
    void aRowIsTheSameInAnyBatch() {
        Sampling sampling = Sampling.defaults().with(changed -> {
            changed.temperature = 1.3;
            changed.topP = 0.8;
            changed.typicalP = 0.95;
            changed.repetitionPenalty = 1.2;
        });
        try (Scope _ = Scope.open()) {
            // Flat rows make top-p look at many tokens of the whole batch; steep ones need few.
            Tensor logits = Tensor.cat(List.of(random(3, 2000, 1), random(3, 2000, 8)), 0);
            List<Sampler.Row> rows = rows(6);
            Drawn together = draw(sampling, logits, rows);
            for (int row = 0; row < 6; row++) {
                Drawn alone = draw(sampling, logits.narrow(0, row, 1), List.of(rows.get(row)));
                assertThat(alone.tokens()).containsExactly(together.tokens()[row]);
                assertThat(alone.logps()[0]).isEqualTo(together.logps()[row], within(1e-6f));
                assertThat(alone.filteredLogps()[0]).isEqualTo(together.filteredLogps()[row], within(1e-6f));
            }
        }
    }

    @Test
    void logpsAreOfTheTemperedDistributionBeforeAndAfterFilters() {
        float[] logits = {1, 2, 3, 0};
        try (Scope _ = Scope.open()) {
            Sampling sampling = Sampling.defaults().with(changed -> {
                changed.temperature = 0.5;
                changed.topK = 2;
                changed.suppressedTokens = List.of(3);
            });
            Drawn drawn = draw(sampling, Tensor.of(logits).view(1, 4), rows(1));
            int token = drawn.tokens()[0];
            assertThat((double) drawn.logps()[0]).isEqualTo(Math.log(softmax(logits, 0.5)[token]), within(1e-5));
            assertThat((double) drawn.filteredLogps()[0])
                    .isEqualTo(Math.log(softmax(new float[] {NONE, 2, 3, NONE}, 0.5)[token]), within(1e-5));
            Drawn plain = draw(Sampling.defaults(), Tensor.of(logits).view(1, 4), rows(1));
            assertThat(plain.logps()).isEqualTo(plain.filteredLogps());
        }
    }

    @Test
    void greedyTakesTheLowestOfTheBestAndItsLogpAtTemperatureOne() {
        float[] logits = {1, 4, 2, 4, 4};
        try (Scope _ = Scope.open()) {
            Drawn drawn = draw(Sampling.greedy(), Tensor.of(logits).view(1, 5), rows(1));
            assertThat(drawn.tokens()).containsExactly(1);
            assertThat((double) drawn.logps()[0]).isEqualTo(Math.log(softmax(logits, 1)[1]), within(1e-6));
            assertThat(drawn.filteredLogps()).containsExactly(0);
            Sampling banned = Sampling.greedy().with(changed -> changed.suppressedTokens = List.of(1));
            assertThat(draw(banned, Tensor.of(logits).view(1, 5), rows(1)).tokens())
                    .containsExactly(3);
        }
    }

    @Test
    void logpsAreEmptyUnlessAskedFor() {
        try (Scope _ = Scope.open()) {
            for (Sampling sampling : List.of(Sampling.greedy(), Sampling.defaults())) {
                Drawn drawn = new Sampler(sampling, List.of(), false)
                        .draw(Tensor.of(0f, 1f).view(1, 2), rows(1));
                assertThat(drawn.tokens()).hasSize(1);
                assertThat(drawn.logps()).isEmpty();
                assertThat(drawn.filteredLogps()).isEmpty();
            }
        }
    }

    @Test
    void topPKeepsTheLowestIdsOfTies() {
        try (Scope _ = Scope.open()) {
            float[] scores = new LogitsFilter.TopP(0.55, 1)
                    .filter(Tensor.of(new float[100]).view(1, 100))
                    .toFloats();
            assertThat(IntStream.range(0, 100).filter(i -> scores[i] == 0))
                    .hasSize(55)
                    .allMatch(i -> i < 55);
        }
    }

    @Test
    void topPOfAWideVocabularyEqualsAFullSort() {
        try (Scope _ = Scope.open()) {
            Tensor logits = random(4, 5000, 3);
            for (double p : new double[] {0.3, 0.9, 0.999}) {
                float[] scores = new LogitsFilter.TopP(p, 1).filter(logits).toFloats();
                for (int row = 0; row < 4; row++) {
                    float[] values = logits.narrow(0, row, 1).toFloats();
                    double[] probabilities = softmax(values, 1);
                    double[] sorted = probabilities.clone();
                    Arrays.sort(sorted);
                    double sum = 0;
                    int kept = 0;
                    while (sum < p) {
                        sum += sorted[sorted.length - 1 - kept++];
                    }
                    int start = row * 5000;
                    long found = IntStream.range(start, start + 5000)
                            .filter(i -> scores[i] > NONE)
                            .count();
                    // Float32 sums may end a token earlier or later.
                    assertThat(found).isBetween(kept - 1L, kept + 1L);
                }
            }
        }
    }

    @Test
    void namesARowWithoutTokensOrWithNan() {
        Sampling all = Sampling.defaults().with(changed -> changed.suppressedTokens = List.of(0, 1));
        try (Scope _ = Scope.open()) {
            Tensor logits = Tensor.of(0, 1, Float.NaN, 1).view(2, 2);
            assertThatThrownBy(() -> draw(all, logits.narrow(0, 0, 1), rows(1)))
                    .isInstanceOf(AlignException.Tensor.class)
                    .hasMessageContaining("row 0");
            assertThatThrownBy(() -> draw(all.with(changed -> changed.temperature = 0), logits, rows(2)))
                    .hasMessageContaining("row 0");
            for (Sampling sampling : List.of(Sampling.defaults(), Sampling.greedy())) {
                assertThatThrownBy(() -> draw(sampling, logits, rows(2))).hasMessageContaining("row 1");
            }
        }
    }

    private static Drawn draw(Sampling sampling, Tensor logits, List<Sampler.Row> rows) {
        return new Sampler(sampling, List.of(), true).draw(logits, rows);
    }

    /// Rows that differ in their prompts' numbers, with short histories.
    private static List<Sampler.Row> rows(int count) {
        List<Sampler.Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Sampler.Row(new DrawKey(0, i, 0), new TokenHistory(0, i)));
        }
        return rows;
    }

    /// How often each token is drawn in [#DRAWS] rows of these logits.
    private static int[] frequencies(float[] logits, Consumer<Sampling.Changes> settings) {
        int[] counts = new int[logits.length];
        try (Scope _ = Scope.open()) {
            Tensor rows = Tensor.of(logits).view(1, logits.length).expand(DRAWS, logits.length);
            for (int token :
                    draw(Sampling.defaults().with(settings), rows, rows(DRAWS)).tokens()) {
                counts[token]++;
            }
        }
        return counts;
    }

    private static Tensor random(int rows, int vocabulary, double scale) {
        CounterRandom random = CounterRandom.of(1, "logits");
        float[] values = new float[rows * vocabulary];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (scale * random.gaussian(i));
        }
        return Tensor.of(values).view(rows, vocabulary);
    }

    private static double[] softmax(float[] logits, double temperature) {
        double[] weights = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i] / temperature))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    private static double chiSquare(int[] counts, double[] probabilities) {
        return IntStream.range(0, counts.length)
                .filter(i -> probabilities[i] > 0)
                .mapToDouble(i -> Math.pow(counts[i] - DRAWS * probabilities[i], 2) / (DRAWS * probabilities[i]))
                .sum();
    }
}
