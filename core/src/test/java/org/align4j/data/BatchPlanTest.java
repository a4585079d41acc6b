package org.align4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.data.BatchPlan.ByCount;
import org.align4j.data.BatchPlan.ByTokens;
import org.align4j.data.BatchPlan.Sizing;
import org.align4j.data.BatchPlan.Step;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchPlanTest {
    private static final int[] LENGTHS = IntStream.range(0, 1003)
            .map(i -> 1 + (int) CounterRandom.of(5, "lengths").below(200, i))
            .toArray();

    static List<Sizing> sizings() {
        return List.of(new ByCount(8), new ByTokens(512, false), new ByTokens(512, true));
    }

    @ParameterizedTest
    @MethodSource("sizings")
    void everyEpochVisitsEveryExampleOnce(Sizing sizing) {
        BatchPlan plan = new BatchPlan(LENGTHS, sizing, 3, true, 42);
        for (int epoch = 0; epoch < 3; epoch++) {
            assertThat(examples(plan.epoch(epoch))).hasSize(LENGTHS.length).doesNotHaveDuplicates();
        }
        assertThat(examples(plan.epoch(0))).isNotEqualTo(examples(plan.epoch(1)));
    }

    @ParameterizedTest
    @MethodSource("sizings")
    void resumesAtAnyStepAsIfNeverInterrupted(Sizing sizing) {
        BatchPlan plan = new BatchPlan(LENGTHS, sizing, 3, true, 42);
        List<Step> all = new ArrayList<>();
        IntStream.range(0, 4).forEach(epoch -> all.addAll(plan.epoch(epoch)));
        assertThat(plan.steps(4)).isEqualTo(all.size());
        BatchPlan again = new BatchPlan(LENGTHS, sizing, 3, true, 42);
        for (int step : new int[] {0, 1, plan.epoch(0).size() - 1, plan.epoch(0).size(), all.size() - 2}) {
            Iterator<Step> resumed = again.from(step);
            assertThat(resumed.next()).isEqualTo(all.get(step));
            assertThat(resumed.next()).isEqualTo(all.get(step + 1));
        }
    }

    @Test
    void fillsByTokensWithinTheBudget() {
        for (boolean grouped : new boolean[] {false, true}) {
            List<List<Integer>> batches = new BatchPlan(LENGTHS, new ByTokens(512, grouped), 1, true, 1)
                    .epoch(0).stream()
                            .flatMap(step -> step.microBatches().stream())
                            .toList();
            assertThat(batches).allSatisfy(batch -> assertThat(tokens(batch)).isBetween(1, 512));
            int total = IntStream.of(LENGTHS).sum();
            assertThat((double) total / batches.size()).isGreaterThan(512 * 0.75);
        }
    }

    @Test
    void groupsLikeLengths() {
        int[] spreads = new int[2];
        for (int i = 0; i < 2; i++) {
            spreads[i] = new BatchPlan(LENGTHS, new ByTokens(512, i == 1), 1, true, 1)
                    .epoch(0).stream()
                            .flatMap(step -> step.microBatches().stream())
                            .mapToInt(BatchPlanTest::spread)
                            .sum();
        }
        assertThat(spreads[1]).isLessThan(spreads[0] / 4);
    }

    @Test
    void keepsTheOrderOfTheDataWithoutShuffling() {
        BatchPlan plan = new BatchPlan(LENGTHS, new ByCount(10), 2, false, 9);
        assertThat(examples(plan.epoch(1)))
                .isEqualTo(IntStream.range(0, 1003).boxed().toList());
        assertThat(plan.epoch(0)).hasSize(51);
        assertThat(plan.epoch(0).getLast().microBatches()).containsExactly(List.of(1000, 1001, 1002));
    }

    @Test
    void shufflingIsUniform() {
        int[] first = new int[4];
        for (int seed = 0; seed < 4000; seed++) {
            first[CounterRandom.of(seed, "fairness").permutation(4)[0]]++;
        }
        assertThat(first)
                .satisfies(counts -> assertThat(IntStream.of(counts)).allMatch(count -> Math.abs(count - 1000) < 120));
    }

    @Test
    void packsAStep() {
        List<TokenizedExample> examples = List.of(
                TokenizedExample.allTrained(new int[] {1, 2}, Source.memory(0)),
                TokenizedExample.allTrained(new int[] {3}, Source.memory(1)),
                TokenizedExample.allTrained(new int[] {4, 5, 6}, Source.memory(2)));
        List<PackedBatch> packed = BatchPlan.of(examples, new ByCount(2), 2, false, 0)
                .epoch(0)
                .getFirst()
                .pack(examples);
        assertThat(packed).hasSize(2);
        assertThat(packed.getFirst().tokens()).containsExactly(1, 2, 3);
        assertThat(packed.get(1).tokens()).containsExactly(4, 5, 6);
    }

    @Test
    void refusesAnExampleBeyondTheTokenBudget() {
        assertThatThrownBy(() -> new BatchPlan(new int[] {3, 600}, new ByTokens(512, true), 1, true, 1))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("600 tokens");
    }

    private static List<Integer> examples(List<Step> steps) {
        return steps.stream()
                .flatMap(step -> step.microBatches().stream())
                .flatMap(List::stream)
                .toList();
    }

    private static int tokens(List<Integer> batch) {
        return batch.stream().mapToInt(i -> LENGTHS[i]).sum();
    }

    private static int spread(List<Integer> batch) {
        return batch.stream().mapToInt(i -> LENGTHS[i]).max().orElseThrow()
                - batch.stream().mapToInt(i -> LENGTHS[i]).min().orElseThrow();
    }
}
