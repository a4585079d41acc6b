package org.align4j.world.labeler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Ranking;
import org.align4j.random.CounterRandom;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;
import org.align4j.world.task.WorldJudge;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LabelerTest {
    private static final Labeler EXACT = new Labeler("exact", 0, 0, 0, Map.of());
    private static final CounterRandom RANDOM = CounterRandom.of(1, "labelers");
    private static final Instructions WORLD = new Instructions(3);
    private static Judge judge;

    @BeforeAll
    static void read() {
        judge = WorldJudge.create();
    }

    private static Ranking ranking(Labeler labeler, Instruction instruction, List<String> answers, long number) {
        return (Ranking)
                labeler.compare(instruction, answers, judge, RANDOM, number).judgement();
    }

    @Test
    void utilitiesWithinTheThresholdOfTheGroupsBestAreTied() {
        Labeler labeler = new Labeler("lenient", 0, 0.1, 0, Map.of());
        // 0.85 is within 0.1 of 0.9, but 0.79 is not, though it is near 0.85.
        assertThat(labeler.rank(new double[] {0.79, 0.9, 0.2, 0.85}))
                .containsExactly(List.of(1, 3), List.of(0), List.of(2));
        assertThat(EXACT.rank(new double[] {0.5, 0.5, 0.6})).containsExactly(List.of(2), List.of(0, 1));
    }

    @Test
    void anExactLabelerRanksByGold() {
        Instruction instruction = WORLD.instruction(Split.TRAIN, "bad_request", 0);
        String bad = instruction.bad().orElseThrow();
        Comparison comparison =
                EXACT.compare(instruction, List.of(bad, instruction.answer(), "I will not do that."), judge, RANDOM, 0);
        assertThat(comparison.judgement()).isEqualTo(Ranking.parse("B > C > A"));
        assertThat(comparison.annotation().labeler()).contains("exact");
        assertThat(comparison.annotation().tags()).containsExactly("bad_request");
        assertThat(comparison.output("A").shown()).isEqualTo(bad);
    }

    @Test
    void tastesMoveRankings() {
        Instruction instruction = WORLD.instruction(Split.TRAIN, "opposite", 0);
        List<String> answers =
                List.of(instruction.answer(), instruction.answer().replace(".", ", please, thank you."));
        assertThat(ranking(EXACT, instruction, answers, 0).toString()).isEqualTo("A = B");
        Labeler polite = new Labeler("polite", 0, 0, 0, Map.of(Taste.POLITENESS, 1.0));
        assertThat(ranking(polite, instruction, answers, 0).toString()).isEqualTo("B > A");
    }

    @Test
    void theSameNumberIsRankedTheSameAndAnotherLabelerDiffers() {
        Instruction instruction = WORLD.instruction(Split.TRAIN, "mood", 0);
        List<String> same =
                List.of(instruction.answer(), instruction.answer(), instruction.answer(), instruction.answer());
        Labeler noisy = new Labeler("noisy", 1, 0, 0, Map.of());
        assertThat(ranking(noisy, instruction, same, 7)).isEqualTo(ranking(noisy, instruction, same, 7));
        Labeler other = new Labeler("other", 1, 0, 0, Map.of());
        assertThat(List.of(1L, 2L, 3L, 4L))
                .anySatisfy(number -> assertThat(ranking(noisy, instruction, same, number))
                        .isNotEqualTo(ranking(other, instruction, same, number)));
    }

    @Test
    void lessCareIsLessAgreementWithGold() {
        double careful = agreement(new Labeler("careful", 0.05, 0, 0, Map.of()));
        double noisy = agreement(new Labeler("noisy", 1, 0, 0, Map.of()));
        double careless = agreement(new Labeler("careless", 0.05, 0, 1, Map.of()));
        assertThat(careful).isGreaterThan(0.95);
        assertThat(noisy).isBetween(0.6, 0.95);
        assertThat(careless).isBetween(0.35, 0.65);
    }

    /// How often the right answer is put before the bad one.
    private static double agreement(Labeler labeler) {
        int right = 0;
        for (int number = 0; number < 200; number++) {
            Instruction instruction = WORLD.instruction(Split.TRAIN, "advise", number);
            Ranking ranking = ranking(
                    labeler,
                    instruction,
                    List.of(instruction.answer(), instruction.bad().orElseThrow()),
                    number);
            right += ranking.place("A") < ranking.place("B") ? 1 : 0;
        }
        return right / 200.0;
    }
}
