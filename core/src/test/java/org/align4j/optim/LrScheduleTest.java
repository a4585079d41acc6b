package org.align4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;

class LrScheduleTest {
    @Test
    void linearStaysAtZeroPastTheEndWhileCosineRisesAgain() {
        assertThat(LrSchedule.named("linear", 1, 0, 10, Map.of()).at(12)).isZero();
        assertThat(LrSchedule.named("cosine", 1, 0, 10, Map.of()).at(15)).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void polynomialEndsAtItsEndAndStays() {
        LrSchedule schedule = LrSchedule.named("polynomial", 1e-3, 0, 10, Map.of("lr_end", 1e-5));
        assertThat(schedule.at(10)).isEqualTo(1e-5);
        assertThat(schedule.at(11)).isEqualTo(1e-5);
    }

    @Test
    void lowestRateIsGivenAbsolutelyOrAsAShare() {
        LrSchedule absolute = LrSchedule.named("cosine_with_min_lr", 1e-3, 2, 10, Map.of("min_lr", 1e-4));
        LrSchedule share = LrSchedule.named("cosine_with_min_lr", 1e-3, 2, 10, Map.of("min_lr_rate", 0.1));
        assertThat(absolute.at(7)).isCloseTo(share.at(7), within(1e-18));
        assertThat(absolute.at(10)).isCloseTo(1e-4, within(1e-18));
    }

    @Test
    void cosineCountedFromOneWastesNeitherFirstNorLastStep() {
        LrSchedule schedule = LrSchedule.named("cosine_warmup_with_min_lr", 1, 4, 12, Map.of("min_lr_rate", 0.1));
        assertThat(schedule.at(0)).isEqualTo(0.25);
        assertThat(schedule.at(3)).isEqualTo(1);
        assertThat(schedule.at(7)).isCloseTo(0.55, within(1e-12));
        assertThat(schedule.at(11)).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void stablePhaseFillsWhatWarmupAndDecayLeave() {
        LrSchedule schedule = LrSchedule.named(
                "warmup_stable_decay", 1, 10, 100, Map.of("num_decay_steps", 20, "decay_type", "linear"));
        assertThat(schedule.at(79)).isEqualTo(1);
        assertThat(schedule.at(90)).isEqualTo(0.5);
        assertThat(schedule.at(100)).isZero();
    }

    @Test
    void unknownNamesAreRefusedWithTheNearest() {
        assertThatThrownBy(() -> LrSchedule.named("cosin", 1, 0, 10, Map.of()))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("did you mean cosine?");
    }

    @Test
    void allWrongOptionsAreReportedTogether() {
        assertThatThrownBy(() -> LrSchedule.named(
                        "warmup_stable_decay", 1, 0, 10, Map.of("decay_type", "steep", "min_lr_ratio", 2, "end", 1)))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("num_decay_steps: missing")
                .hasMessageContaining("decay_type: steep is not one of 1-sqrt, cosine, linear")
                .hasMessageContaining("min_lr_ratio: 2 is not between 0 and 1")
                .hasMessageContaining("end: unknown option");
    }
}
