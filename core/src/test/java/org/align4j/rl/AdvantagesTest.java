package org.align4j.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AdvantagesTest {
    private static final Offset<Double> CLOSE = within(1e-9);

    @Test
    void generalisedAdvantagesByHand() {
        // γ = .9, λ = .5, rewards 0, 1, values .5, .2, and a second sequence of one token: reward 2, value 3
        // δ₁ = 1 − .2 = .8; δ₀ = 0 + .9 · .2 − .5 = −.32; A₁ = .8; A₀ = −.32 + .45 · .8 = .04
        Advantages.Estimates estimates =
                Advantages.generalised(new double[] {0, 1, 2}, new double[] {0.5, 0.2, 3}, new int[] {2, 1}, 0.9, 0.5);
        assertThat(estimates.advantages()).containsExactly(new double[] {0.04, 0.8, -1}, CLOSE);
        assertThat(estimates.returns()).containsExactly(new double[] {0.54, 1, 2}, CLOSE);
    }

    @Test
    void withoutDiscountAndWithLambdaOneReturnsAreSumsOfRewards() {
        Advantages.Estimates estimates =
                Advantages.generalised(new double[] {1, 2, 4}, new double[] {9, -3, 0.5}, new int[] {3}, 1, 1);
        assertThat(estimates.returns()).containsExactly(new double[] {7, 6, 4}, CLOSE);
    }

    @Test
    void groupAdvantagesByHand() {
        // rewards 1, 0, 0, 1: mean .5, unbiased std √(1/3) = .57735
        double[] advantages = GroupAdvantage.DEFAULT.of(new double[] {1, 0, 0, 1}, 4);
        assertThat(advantages[0]).isCloseTo(0.5 / (Math.sqrt(1 / 3.0) + 1e-4), CLOSE);
        assertThat(advantages).containsExactly(advantages[0], -advantages[0], -advantages[0], advantages[0]);
    }

    @Test
    void equalRewardsGiveNoAdvantage() {
        // .1 + .2 style sums: the mean of three equal rewards may differ from them in the last digit
        double[] rewards = {0.1, 0.1, 0.1, 0.7, 0.7, 0.7};
        for (GroupAdvantage.Scale scale : GroupAdvantage.Scale.values()) {
            assertThat(new GroupAdvantage(scale, true, 0).of(rewards, 3)).containsOnly(0);
        }
        assertThat(GroupAdvantage.leaveOneOut(rewards, 3, false)).containsOnly(0);
    }

    @Test
    void leavingOneOutComparesWithTheMeanOfTheOthers() {
        // 1 − (0 + 5)/2, 0 − (1 + 5)/2, 5 − (1 + 0)/2
        assertThat(GroupAdvantage.leaveOneOut(new double[] {1, 0, 5}, 3, false))
                .containsExactly(new double[] {-1.5, -3, 4.5}, CLOSE);
    }

    @Test
    void anUnknownRewardCountsForNobody() {
        double[] rewards = {1, Double.NaN, 0, 3};
        assertThat(GroupAdvantage.leaveOneOut(rewards, 4, false))
                .containsExactly(new double[] {-0.5, 0, -2, 2.5}, CLOSE);
        assertThat(new GroupAdvantage(GroupAdvantage.Scale.NONE, true, 0).of(rewards, 4)[1])
                .isZero();
    }

    @Test
    void groupsOfOneAreRefused() {
        assertThatThrownBy(() -> GroupAdvantage.DEFAULT.of(new double[] {1, 2}, 1))
                .hasMessageContaining("2 rewards or more");
    }

    @Test
    void tokensGetTheStepsThatEndLater() {
        // Output 1: steps of rewards 1 and 0 ending at tokens 1 and 3; output 2: one step of reward 2 ending at 0.
        // All: mean 1, unbiased std 1: normalised 0, −1, 1
        double[] advantages = Advantages.ofSteps(
                new double[][] {{1, 0}, {2}},
                new int[][] {{1, 3}, {0}},
                new int[] {4, 2},
                2,
                new GroupAdvantage(GroupAdvantage.Scale.GROUP, true, 0));
        assertThat(advantages).containsExactly(new double[] {-1, -1, -1, -1, 1, 0}, CLOSE);
    }

    @Test
    void rewardsAreMixedByWeightAndAbstain() {
        RewardMix mix = new RewardMix(List.of(1.0, 0.5), false);
        double[] sums = mix.sum(new double[][] {{1, Double.NaN, Double.NaN}, {4, 4, Double.NaN}});
        assertThat(sums).containsExactly(3, 2, Double.NaN);
    }

    @Test
    void adaptiveKlFollowsItsTarget() {
        // e = clip(9/6 − 1, ±.2) = .2; β = .1 (1 + .2 · 64/10000)
        KlController controller = new KlController.Adaptive(0.1, 6, 10_000);
        assertThat(controller.after(9, 64).beta()).isCloseTo(0.1 * (1 + 0.2 * 64 / 10_000), CLOSE);
        assertThat(controller.after(6.06, 64).beta()).isCloseTo(0.1 * (1 + 0.01 * 64 / 10_000), within(1e-8));
        assertThat(controller.after(0, 64).beta()).isLessThan(0.1);
        assertThat(new KlController.Fixed(0.3).after(100, 5).beta()).isEqualTo(0.3);
        assertThatThrownBy(() -> new KlController.Fixed(-1)).hasMessageContaining("beta must be ≥ 0");
    }

    @Test
    void aRunningNormaliserSeesAllAtOnceAsInParts() {
        double[] rewards = {1, 5, -2, 8, 0, 3};
        RunningNormaliser whole = RunningNormaliser.START.seen(rewards);
        RunningNormaliser parts =
                RunningNormaliser.START.seen(new double[] {1, 5}).seen(new double[] {-2, 8, 0, 3, Double.NaN});
        assertThat(parts.mean()).isCloseTo(whole.mean(), CLOSE);
        assertThat(parts.squares()).isCloseTo(whole.squares(), within(1e-9));
        double[] normalised = whole.of(rewards, true);
        Statistics statistics = Statistics.of(normalised, 0, normalised.length);
        assertThat(statistics.mean()).isCloseTo(0, CLOSE);
        assertThat(statistics.deviation(true)).isCloseTo(1, within(1e-6));
        assertThat(RunningNormaliser.START.of(rewards, true)).isEqualTo(rewards);
        double[] equal = {0.1, 0.1, 0.1};
        assertThat(RunningNormaliser.START.seen(equal).of(equal, false)).isEqualTo(equal);
    }
}
