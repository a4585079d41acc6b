package org.align4j.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.align4j.loss.Aggregation.ConstantLength;
import org.align4j.loss.Aggregation.MicroBatchTokenMean;
import org.align4j.loss.Aggregation.OutputMean;
import org.align4j.loss.Aggregation.TokenMean;
import org.align4j.loss.Aggregation.Window;
import org.align4j.loss.PolicyLoss.Cispo;
import org.align4j.loss.PolicyLoss.Clipped;
import org.align4j.loss.PolicyLoss.Reinforce;
import org.align4j.loss.PolicyLoss.Sapo;
import org.align4j.loss.PolicyLoss.Vespo;
import org.align4j.loss.PolicyObjective.RatioOf;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyObjectiveTest {
    private static final float[] LOGPS = {-1.1f, -0.4f, -2.0f, -0.7f, -1.6f, -0.2f};
    private static final float[] OLD = {-1.25f, -0.3f, -2.5f, -0.75f, -1.0f, -0.3f};
    private static final float[] REFERENCE = {-0.9f, -0.8f, -2.2f, -0.5f, -1.4f, -0.6f};
    private static final float[] ENTROPY = {1.2f, 0.5f, 1.9f, 0.6f, 1.4f, 0.3f};
    private static final float[] ADVANTAGES = {0.8f, 0.8f, 0.8f, -1.3f, -1.3f, 0.4f};
    private static final int[] LENGTHS = {3, 2, 0, 1};

    /// Of each output: log-probability now, when sampled and of the reference, and the reward's
    /// advantage.
    private static PolicyTokens outputs(float[] logps, float[] old, float[] reference, float[] advantages) {
        int[] lengths = new int[logps.length];
        Arrays.fill(lengths, 1);
        return new PolicyTokens(
                Tensor.of(logps).requiresGrad(),
                Tensor.of(old),
                Optional.of(Tensor.of(reference)),
                Optional.empty(),
                Tensor.of(advantages),
                lengths);
    }

    static Stream<PolicyObjective> everyTerm() {
        List<PolicyLoss> losses =
                List.of(new Clipped(0.2, 0.28, 0), new Clipped(0.05, 0.05, 1.5), new Sapo(1, 1.05), new Reinforce());
        Stream<PolicyObjective> each = losses.stream()
                .flatMap(loss -> Stream.of(RatioOf.values())
                        .flatMap(ratio -> Stream.of(
                                        new OutputMean(),
                                        new TokenMean(),
                                        new MicroBatchTokenMean(),
                                        new ConstantLength(7))
                                .map(aggregation -> PolicyObjective.of(loss, ratio, aggregation))));
        PolicyObjective plain = PolicyObjective.of(Clipped.of(0.2), RatioOf.TOKEN, new OutputMean());
        Stream<PolicyObjective> terms = Stream.of(KlEstimator.values())
                .flatMap(estimator ->
                        Stream.of(plain.withKl(0.3, estimator, false), plain.withKl(0.3, estimator, true)));
        return Stream.concat(
                each, Stream.concat(terms, Stream.of(plain.withEntropyBonus(0.2), plain.withFilters(0.5, 0.1))));
    }

    @ParameterizedTest
    @MethodSource("everyTerm")
    void gradientsAreFiniteDifferences(PolicyObjective objective) {
        try (Scope scope = Scope.open()) {
            PolicyTokens tokens = doubles(LOGPS, ENTROPY);
            objective.of(tokens, new Window(8, 12, 2)).loss().backward();
            float[] gradient = tokens.logps().grad().toFloats();
            boolean bonus = objective.entropyBonus() != 0;
            float[] entropyGradient =
                    bonus ? tokens.entropy().orElseThrow().grad().toFloats() : new float[LOGPS.length];
            for (int i = 0; i < LOGPS.length; i++) {
                assertThat(gradient[i]).isCloseTo((float) slope(objective, LOGPS, ENTROPY, i, true), within(2e-4f));
                if (bonus) {
                    assertThat(entropyGradient[i])
                            .isCloseTo((float) slope(objective, LOGPS, ENTROPY, i, false), within(2e-4f));
                }
            }
        }
    }

    private static PolicyTokens doubles(float[] logps, float[] entropy) {
        return new PolicyTokens(
                Tensor.of(logps).to(DType.FLOAT64).requiresGrad(),
                Tensor.of(OLD).to(DType.FLOAT64),
                Optional.of(Tensor.of(REFERENCE).to(DType.FLOAT64)),
                Optional.of(Tensor.of(entropy).to(DType.FLOAT64).requiresGrad()),
                Tensor.of(ADVANTAGES).to(DType.FLOAT64),
                LENGTHS);
    }

    private static double slope(PolicyObjective objective, float[] logps, float[] entropy, int at, boolean ofLogps) {
        double[] values = {0, 0};
        for (int side = 0; side < 2; side++) {
            float[] moved = (ofLogps ? logps : entropy).clone();
            moved[at] += side == 0 ? -1e-3f : 1e-3f;
            PolicyTokens tokens = ofLogps ? doubles(moved, entropy) : doubles(logps, moved);
            values[side] =
                    objective.of(tokens, new Window(8, 12, 2)).loss().detach().item();
        }
        return (values[1] - values[0]) / 2e-3;
    }

    @Test
    void weightsHeldConstantHaveTheGradientOfTheirLogProbabilities() {
        // CISPO and VESPO differentiate log π only: the gradient of token t is −weight · A / outputs / length
        try (Scope scope = Scope.open()) {
            float[] cispo = gradient(new Cispo(1.1));
            for (int t = 0; t < 3; t++) {
                double weight = Math.min(1.1, Math.exp(LOGPS[t] - OLD[t]));
                assertThat(cispo[t]).isCloseTo((float) (-weight * 0.8 / 4 / 3), within(1e-6f));
            }
            // the first output: w = exp(0.15 − 0.1 + 0.5) = e^0.55; φ = w^2 exp(3 (1 − w))
            double ratio = Math.exp(0.55);
            double weight = ratio * ratio * Math.exp(3 * (1 - ratio));
            assertThat(gradient(new Vespo(2, 3, 3, 2))[0]).isCloseTo((float) (-weight * 0.8 / 4 / 3), within(1e-6f));
        }
    }

    private static float[] gradient(PolicyLoss loss) {
        PolicyTokens tokens = new PolicyTokens(
                Tensor.of(LOGPS).requiresGrad(),
                Tensor.of(OLD),
                Optional.empty(),
                Optional.empty(),
                Tensor.of(ADVANTAGES),
                LENGTHS);
        PolicyObjective.of(loss, RatioOf.TOKEN, new OutputMean())
                .of(tokens, Window.of(LENGTHS))
                .loss()
                .backward();
        return tokens.logps().grad().toFloats();
    }

    @Test
    void equationsOneToThreeByHand() {
        // Two outputs of one question, rewards 1 and 0, probabilities now .3 and .21, when sampled .2 and .25, of the
        // reference .25 and .25; ε = .2, β = .1.
        // (3) mean .5, std (unbiased) √(.25 + .25) = .7071: A = ±.7071
        // (1) ρ = 1.5 and .84: min(1.5 A, 1.2 A) = .848528; min(.84 A, .84 A) = −.593970
        // (2) D = .25/.3 − log(.25/.3) − 1 = .015655; .25/.21 − log(.25/.21) − 1 = .016123
        // loss = −½ [.848528 − .1 · .015655 − .593970 − .1 · .016123] = −.125690
        PolicyObjective printed = PolicyObjective.of(Clipped.of(0.2), RatioOf.OUTPUT, new OutputMean())
                .withKl(0.1, KlEstimator.K3, false);
        float advantage = (float) Math.sqrt(0.5);
        try (Scope scope = Scope.open()) {
            PolicyObjective.Terms terms = printed.of(
                    outputs(logs(0.3, 0.21), logs(0.2, 0.25), logs(0.25, 0.25), new float[] {advantage, -advantage}),
                    Window.of(1, 1));
            assertThat(terms.loss().item()).isCloseTo(-0.125690, within(1e-6));
            assertThat(terms.policyLoss()).isCloseTo(-0.127279, within(1e-6));
            assertThat(terms.kl()).isCloseTo(0.015655 + 0.016123, within(1e-6));
            assertThat(terms.clippedHigh()).isEqualTo(1);
            assertThat(terms.clippedLow()).isZero();
        }
    }

    @Test
    void tokensAndWholeOutputsAgreeForOutputsOfOneToken() {
        try (Scope scope = Scope.open()) {
            float[] advantages = {0.7f, -0.7f};
            double[] losses = Stream.of(RatioOf.values())
                    .mapToDouble(ratio -> PolicyObjective.of(Clipped.of(0.2), ratio, new OutputMean())
                            .withKl(0.1, KlEstimator.K3, false)
                            .of(outputs(logs(0.3, 0.2), logs(0.2, 0.25), logs(0.25, 0.25), advantages), Window.of(1, 1))
                            .loss()
                            .item())
                    .toArray();
            assertThat(losses).containsOnly(losses[0]);
        }
    }

    @Test
    void outputsWithoutAdvantageHaveNoGradient() {
        try (Scope scope = Scope.open()) {
            for (PolicyLoss loss :
                    List.of(Clipped.of(0.2), new Cispo(2), new Sapo(1, 1), new Vespo(2, 3, 3, 2), new Reinforce())) {
                PolicyTokens tokens = outputs(logs(0.3, 0.2), logs(0.2, 0.25), logs(0.2, 0.3), new float[2]);
                PolicyObjective.of(loss, RatioOf.TOKEN, new TokenMean())
                        .of(tokens, Window.of(1, 1))
                        .loss()
                        .backward();
                assertThat(tokens.logps().grad().toFloats()).containsExactly(new float[2], within(0f));
            }
        }
    }

    @Test
    void accumulatingTwoTimesTwoEqualsOneTimesFour() {
        try (Scope scope = Scope.open()) {
            for (Aggregation aggregation : List.of(new OutputMean(), new TokenMean(), new ConstantLength(5))) {
                PolicyObjective objective = PolicyObjective.of(Clipped.of(0.2), RatioOf.TOKEN, aggregation)
                        .withKl(0.2, KlEstimator.K3, true)
                        .withEntropyBonus(0.1);
                Window window = new Window(4, 6, 2);
                double whole = objective.of(part(0, 6, LENGTHS), window).loss().item();
                double parts = objective.of(part(0, 5, 3, 2), window).loss().item()
                        + objective.of(part(5, 6, 0, 1), window).loss().item();
                assertThat(parts).isCloseTo(whole, within(1e-6));
            }
        }
    }

    private static PolicyTokens part(int from, int to, int... lengths) {
        return new PolicyTokens(
                part(LOGPS, from, to),
                part(OLD, from, to),
                Optional.of(part(REFERENCE, from, to)),
                Optional.of(part(ENTROPY, from, to)),
                part(ADVANTAGES, from, to),
                lengths);
    }

    private static Tensor part(float[] values, int from, int to) {
        return Tensor.of(Arrays.copyOfRange(values, from, to));
    }

    @Test
    void valuesAreClippedAroundTheOldOnes() {
        // ε = .2; v = 1, old .5, return .4: |1 − .4|² = .36, |.7 − .4|² = .09 → .36, not clipped
        //        v = 0, old .5, return .1: |0 − .1|² = .01, |.3 − .1|² = .04 → .04, clipped
        try (Scope scope = Scope.open()) {
            Tensor values = Tensor.of(1f, 0f).requiresGrad();
            ValueLoss.Terms terms = new ValueLoss(0.2).of(values, Tensor.of(0.5f, 0.5f), Tensor.of(0.4f, 0.1f), 2);
            terms.loss().backward();
            assertThat(terms.loss().item()).isCloseTo((0.36 + 0.04) / 2 / 2, within(1e-6));
            assertThat(terms.clipped()).isEqualTo(1);
            assertThat(values.grad().toFloats()).containsExactly(0.3f, 0f);
        }
    }

    @Test
    void theLecturesKlExample() {
        // P = (mat .7, floor .2, chair .1), Q = (.5, .3, .2)
        double[] p = {0.7, 0.2, 0.1};
        double[] q = {0.5, 0.3, 0.2};
        for (KlEstimator estimator : List.of(KlEstimator.K1, KlEstimator.K3)) {
            assertThat(mean(estimator, p, q)).isCloseTo(0.0851, within(5e-5));
            assertThat(mean(estimator, q, p)).isCloseTo(0.0920, within(5e-5));
        }
        // k2 is not KL, only near
        assertThat(mean(KlEstimator.K2, p, q)).isCloseTo(0.0801, within(5e-5));
    }

    private static double mean(KlEstimator estimator, double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += p[i] * estimator.of(Math.log(p[i]), Math.log(q[i]));
        }
        return sum;
    }

    @Test
    void estimatesOfTensorsAndNumbersAgree() {
        try (Scope scope = Scope.open()) {
            for (KlEstimator estimator : KlEstimator.values()) {
                float[] computed =
                        estimator.of(Tensor.of(LOGPS), Tensor.of(REFERENCE)).toFloats();
                for (int i = 0; i < computed.length; i++) {
                    assertThat((double) computed[i]).isCloseTo(estimator.of(LOGPS[i], REFERENCE[i]), within(1e-6));
                }
            }
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Clipped(0.2, 0.2, 0.9)).hasMessageContaining("dual clip");
        assertThatThrownBy(() -> new Clipped(-0.1, 0.2, 0)).hasMessageContaining("lower clip");
        assertThatThrownBy(() -> PolicyObjective.of(Clipped.of(0.2), RatioOf.TOKEN, new OutputMean())
                        .withKl(-1, KlEstimator.K3, false))
                .hasMessageContaining("beta must be ≥ 0");
    }

    private static float[] logs(double... probabilities) {
        float[] result = new float[probabilities.length];
        double[] logs = DoubleStream.of(probabilities).map(Math::log).toArray();
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) logs[i];
        }
        return result;
    }
}
