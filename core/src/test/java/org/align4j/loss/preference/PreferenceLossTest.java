package org.align4j.loss.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PreferenceLossTest {
    private static final float[] LENGTHS = {3, 5, 2, 8};
    private static final float[] CHOSEN = {-5.1f, -9.2f, -2.3f, -11.7f};
    private static final float[] CHOSEN_REFERENCE = {-6.3f, -8.8f, -2.9f, -12.4f};
    private static final float[] REJECTED = {-7.3f, -6.4f, -4.2f, -14.5f};
    private static final float[] REJECTED_REFERENCE = {-6.1f, -7.7f, -4.9f, -13.1f};
    private static final float[] TIES = {0, 1, 0, 1};

    private static List<PreferenceLoss> all() {
        List<PreferenceLoss> losses = new ArrayList<>();
        for (double beta : new double[] {0.1, 0.7}) {
            losses.addAll(List.of(
                    Dpo.of(beta),
                    Dpo.of(beta, 0.2),
                    new Dpo(beta, 0, new Divergence.ForwardKl(), false),
                    new Dpo(beta, 0, new Divergence.JensenShannon(), true),
                    new Dpo(beta, 0.1, new Divergence.Alpha(0.4), false),
                    new Dpo(beta, 0.1, new Divergence.Alpha(1.5), true),
                    new RobustDpo(beta, 0.2),
                    Ipo.of(beta),
                    new Ipo(beta, new Divergence.Alpha(0.5), false),
                    Hinge.of(beta),
                    new Exo(beta, 0.1),
                    new Nca(beta),
                    new Sppo(beta),
                    new ApoZero(beta),
                    new ApoDown(beta),
                    new Aot(beta, 0.1),
                    new AotUnpaired(beta, 0.1),
                    new Bco(beta),
                    new Discopop(beta, 0.05),
                    new Dpop(beta, 5),
                    new Cpo(beta, 0.1, 0.5),
                    new Simpo(beta, 0.5, 0, 0.1),
                    new Simpo(beta, 0.5, 0.25, 0),
                    new Orpo(beta, 1),
                    new PlackettLuce(beta),
                    new Nll(),
                    new RaoKupper(beta, 3),
                    new Davidson(beta, 1),
                    new WeightedSum(
                            List.of(new WeightedSum.Term(1, Dpo.of(beta)), new WeightedSum.Term(0.2, new Nll())))));
        }
        return losses;
    }

    @TestFactory
    Stream<DynamicTest> gradientsAreThoseOfFiniteDifferences() {
        return all().stream()
                .map(loss -> DynamicTest.dynamicTest(loss.toString(), () -> {
                    try (Scope scope = Scope.open()) {
                        Tensor chosen = Tensor.of(CHOSEN).requiresGrad();
                        Tensor rejected = Tensor.of(REJECTED).requiresGrad();
                        loss.of(pairs(chosen, rejected)).mean().backward();
                        checkGradient(chosen, CHOSEN, values -> sum(loss, values, REJECTED));
                        checkGradient(rejected, REJECTED, values -> sum(loss, CHOSEN, values));
                    }
                }));
    }

    private static double sum(PreferenceLoss loss, float[] chosen, float[] rejected) {
        double sum = 0;
        for (float value :
                loss.of(pairs(Tensor.of(chosen), Tensor.of(rejected))).toFloats()) {
            sum += value;
        }
        return sum;
    }

    private static void checkGradient(Tensor leaf, float[] values, Function<float[], Double> sum) {
        float[] gradient = leaf.hasGrad() ? leaf.grad().toFloats() : new float[values.length];
        for (int i = 0; i < values.length; i++) {
            float step = 1e-2f;
            float[] more = values.clone();
            more[i] += step;
            float[] less = values.clone();
            less[i] -= step;
            double difference = (sum.apply(more) - sum.apply(less)) / (more[i] - (double) less[i]);
            double expected = gradient[i] * values.length;
            assertThat(difference).as("%d", i).isCloseTo(expected, within(2e-3 * Math.max(1, Math.abs(expected))));
        }
    }

    private static Pairs pairs(Tensor chosen, Tensor rejected) {
        return new Pairs(
                new Completions(chosen, Tensor.of(CHOSEN_REFERENCE), Tensor.of(LENGTHS)),
                new Completions(
                        rejected,
                        Tensor.of(REJECTED_REFERENCE),
                        Tensor.of(LENGTHS).flip(0)),
                Optional.of(Tensor.of(TIES)),
                -0.4);
    }

    @TestFactory
    Stream<DynamicTest> extremesAreFinite() {
        float[] chosen = {-10, -70, -5, -205, -30, 0, -1e-7f, -400};
        float[] rejected = {-70, -10, -205, -5, -30, 0, -400, -1e-7f};
        float[] chosenReference = {-40, -40, -105, -105, -30, 0, -200, -200};
        float[] ones = new float[chosen.length];
        Arrays.fill(ones, 1);
        return all().stream()
                .map(loss -> DynamicTest.dynamicTest(loss.toString(), () -> {
                    try (Scope scope = Scope.open()) {
                        Tensor better = Tensor.of(chosen).requiresGrad();
                        Tensor worse = Tensor.of(rejected).requiresGrad();
                        Tensor reference = Tensor.of(chosenReference);
                        Pairs pairs = new Pairs(
                                new Completions(better, reference, Tensor.of(ones)),
                                new Completions(worse, reference, Tensor.of(ones)));
                        Tensor losses = loss.of(pairs);
                        assertFinite("loss", losses);
                        losses.mean().backward();
                        assertFinite("gradient", better.grad());
                        if (worse.hasGrad()) {
                            assertFinite("gradient", worse.grad());
                        }
                    }
                }));
    }

    private static void assertFinite(String name, Tensor tensor) {
        assertThat(tensor.isFinite().all().item())
                .as("%s %s", name, Arrays.toString(tensor.toFloats()))
                .isEqualTo(1);
    }

    @Test
    void dpoOfThePolicyThatIsItsReferenceIsLogTwo() {
        try (Scope scope = Scope.open()) {
            Tensor same = Tensor.of(-3f, -80f);
            Pairs pairs = new Pairs(
                    new Completions(same, same, Tensor.of(1f, 1f)),
                    new Completions(same.mul(2), same.mul(2), Tensor.of(1f, 1f)));
            assertThat(Dpo.of(0.1).of(pairs).toFloats()).containsOnly((float) Math.log(2));
        }
    }

    @Test
    void dpoPushesApartByHowWrongTheImplicitRewardIs() {
        // ∇L = −β σ(r̂_l − r̂_w) (∇log π_w − ∇log π_l), the gradient below eq. 7 of Rafailov et al. 2023
        double beta = 0.3;
        try (Scope scope = Scope.open()) {
            Tensor chosen = Tensor.of(CHOSEN).requiresGrad();
            Tensor rejected = Tensor.of(REJECTED).requiresGrad();
            Pairs pairs = pairs(chosen, rejected);
            Dpo dpo = Dpo.of(beta);
            Tensor wrongness = dpo.rewards(pairs.rejected())
                    .sub(dpo.rewards(pairs.chosen()))
                    .sigmoid()
                    .detach();
            dpo.of(pairs).sum().backward();
            assertClose(chosen.grad(), wrongness.mul(-beta));
            assertClose(rejected.grad(), wrongness.mul(beta));
        }
    }

    @Test
    void whatBothAnswersOfAPromptShareCancels() {
        // β log Z(x), and whatever else depends on the prompt alone
        try (Scope scope = Scope.open()) {
            Tensor shift = Tensor.of(4f, -2f, 0.5f, 7f);
            Tensor plain = Dpo.of(0.3).of(pairs(Tensor.of(CHOSEN), Tensor.of(REJECTED)));
            Tensor shifted = Dpo.of(0.3)
                    .of(pairs(Tensor.of(CHOSEN).add(shift), Tensor.of(REJECTED).add(shift)));
            assertClose(shifted, plain);
        }
    }

    @Test
    void rankingsOfTwoArePairs() {
        try (Scope scope = Scope.open()) {
            Pairs pairs = pairs(Tensor.of(CHOSEN), Tensor.of(REJECTED));
            Tensor ranking = Tensor.stack(
                    List.of(pairs.chosen().ratios(), pairs.rejected().ratios()), 1);
            assertClose(new PlackettLuce(0.3).ofRankings(ranking), Dpo.of(0.3).of(pairs));
        }
    }

    @Test
    void rankingsOfThreeAreChoicesOfTheBestThatIsLeft() {
        try (Scope scope = Scope.open()) {
            float[] rewards = {1.5f, -0.4f, 0.8f};
            double first = Math.exp(1.5) / (Math.exp(1.5) + Math.exp(-0.4) + Math.exp(0.8));
            double second = Math.exp(-0.4) / (Math.exp(-0.4) + Math.exp(0.8));
            double loss = new PlackettLuce(1)
                    .ofRankings(Tensor.of(rewards).view(1, 3))
                    .item();
            assertThat(loss).isCloseTo(-Math.log(first * second), within(1e-6));
        }
    }

    @Test
    void outcomesWithTiesHaveProbabilitiesThatSumToOne() {
        try (Scope scope = Scope.open()) {
            for (PreferenceLoss loss : List.of(new RaoKupper(0.4, 2), new Davidson(0.4, 0.8))) {
                Pairs pairs = pairs(Tensor.of(CHOSEN), Tensor.of(REJECTED));
                Tensor win = loss.of(new Pairs(pairs.chosen(), pairs.rejected()));
                Tensor lose = loss.of(new Pairs(pairs.chosen(), pairs.rejected()).swapped());
                Tensor tie =
                        loss.of(new Pairs(pairs.chosen(), pairs.rejected(), Optional.of(Tensor.of(1f, 1f, 1f, 1f)), 0));
                Tensor total =
                        win.neg().exp().add(lose.neg().exp()).add(tie.neg().exp());
                assertClose(total, Tensor.of(1f, 1f, 1f, 1f));
            }
        }
    }

    @Test
    void robustDpoIsUnbiasedUnderFlippedLabels() {
        try (Scope scope = Scope.open()) {
            Pairs pairs = pairs(Tensor.of(CHOSEN), Tensor.of(REJECTED));
            Pairs flipped = new Pairs(pairs.rejected(), pairs.chosen());
            RobustDpo robust = new RobustDpo(0.3, 0.2);
            Tensor expected = robust.of(pairs).mul(0.8).add(robust.of(flipped).mul(0.2));
            assertClose(expected, Dpo.of(0.3).of(pairs));
        }
    }

    @Test
    void desensitisedSumsCountTheExcessLess() {
        try (Scope scope = Scope.open()) {
            Tensor tokens = Tensor.of(-1f, -2f, -3f, -4f, -5f);
            assertThat(SequenceLogps.sums(tokens, 3, 2).toFloats()).containsExactly(-6, -9);
            assertThat(SequenceLogps.desensitised(tokens, new int[] {3, 2}, new int[] {2, 3}, 0.5)
                            .toFloats())
                    .containsExactly(-4.5f, -9);
        }
    }

    @Test
    void runningMeansAreTheMeanOfAll() {
        RunningMean mean = RunningMean.NONE.with(1, 2).with().with(6);
        assertThat(mean.mean()).isCloseTo(3, within(1e-12));
        assertThat(mean.count()).isEqualTo(3);
    }

    @Test
    void constantsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> Dpo.of(0)).hasMessageContaining("beta must be > 0");
        assertThatThrownBy(() -> Dpo.of(0.1, 0.5)).hasMessageContaining("label_smoothing must be in [0, 0.5)");
        assertThatThrownBy(() -> new Exo(0.1, 0)).hasMessageContaining("label_smoothing must be > 0");
        assertThatThrownBy(() -> new RaoKupper(0.1, 1)).hasMessageContaining("nu must be > 1");
    }

    private static void assertClose(Tensor actual, Tensor expected) {
        float[] values = actual.toFloats();
        float[] wanted = expected.toFloats();
        assertThat(values).hasSameSizeAs(wanted);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).as("%d", i).isCloseTo(wanted[i], within(1e-5f));
        }
    }
}
