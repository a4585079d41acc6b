package org.align4j.rl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.align4j.loss.Aggregation;
import org.align4j.loss.Aggregation.OutputMean;
import org.align4j.loss.Aggregation.TokenMean;
import org.align4j.loss.KlEstimator;
import org.align4j.loss.PolicyLoss;
import org.align4j.loss.PolicyObjective;
import org.align4j.loss.PolicyObjective.RatioOf;
import org.align4j.loss.ValueLoss;
import org.align4j.rl.TabularPolicy.Drawn;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where the algorithms end, on a policy whose optimum is known.
class ClosedFormTest {
    private static final int PER_PROMPT = 128;
    private static final int ITERATIONS = 300;

    private final TabularPolicy policy = new TabularPolicy(11);

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 1})
    void reinforceReachesTheOptimumWithTheKlInTheReward(double beta) {
        iterate((drawn, old, reference, rate) -> {
            double[] rewards = penalised(drawn, old, reference, beta);
            double mean = Arrays.stream(rewards).average().orElseThrow();
            double[] advantages = Arrays.stream(rewards).map(r -> r - mean).toArray();
            learn(drawn, old, advantages, rate, new PolicyLoss.Reinforce(), RatioOf.TOKEN);
        });
        assertOptimal(beta);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 1})
    void leaveOneOutReachesTheOptimumWithTheKlInTheReward(double beta) {
        iterate((drawn, old, reference, rate) -> {
            double[] advantages = GroupAdvantage.leaveOneOut(penalised(drawn, old, reference, beta), PER_PROMPT, false);
            for (int epoch = 0; epoch < 2; epoch++) {
                learn(drawn, old, advantages, rate, PolicyLoss.Clipped.of(0.2), RatioOf.OUTPUT);
            }
        });
        assertOptimal(beta);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 1})
    void proximalPolicyOptimisationReachesTheOptimumWithTheKlInTheReward(double beta) {
        iterate((drawn, old, reference, rate) -> {
            // the KL penalty at each token, the reward at the last
            double[] rewards = new double[old.length];
            for (int t = 0; t < old.length; t++) {
                rewards[t] = -beta * KlEstimator.K1.of(old[t], reference[t]);
            }
            double[] scores = policy.rewards(drawn);
            for (int b = 0; b < scores.length; b++) {
                rewards[b * TabularPolicy.LENGTH + TabularPolicy.LENGTH - 1] += scores[b];
            }
            double[] values = new double[old.length];
            Arrays.setAll(values, t -> policy.values.numbers[drawn.states()[t]]);
            Advantages.Estimates estimates = Advantages.generalised(rewards, values, drawn.lengths(), 1, 0.95);
            for (int epoch = 0; epoch < 2; epoch++) {
                policy.learn(
                        drawn,
                        old,
                        Advantages.whitened(estimates.advantages(), true),
                        rate,
                        tokens -> objective(PolicyLoss.Clipped.of(0.2), RatioOf.TOKEN, new TokenMean())
                                .of(tokens, Aggregation.Window.of(drawn.lengths()))
                                .loss());
                learnValues(drawn, values, estimates.returns());
            }
        });
        assertOptimal(beta);
    }

    private void learnValues(Drawn drawn, double[] old, double[] returns) {
        Tensor leaf = Tensor.of(policy.values.numbers).requiresGrad();
        new ValueLoss(0.2)
                .of(
                        leaf.indexSelect(0, Tensor.of(drawn.states())),
                        Tensor.of(floats(old)),
                        Tensor.of(floats(returns)),
                        returns.length)
                .loss()
                .backward();
        policy.values.step(leaf.grad().toFloats(), 0.02);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 1})
    void groupsWithoutDeviationAndWithTheKlWeightedByTheRatioReachTheOptimum(double beta) {
        GroupAdvantage plain = new GroupAdvantage(GroupAdvantage.Scale.NONE, true, 0);
        PolicyObjective objective = objective(PolicyLoss.Clipped.of(0.2), RatioOf.OUTPUT, new OutputMean())
                .withKl(beta, KlEstimator.K3, true);
        iterate((drawn, old, reference, rate) ->
                learn(drawn, old, plain.of(policy.rewards(drawn), PER_PROMPT), rate, objective));
        assertOptimal(beta);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2})
    void equationsOneToThreeEndElsewhere(double beta) {
        PolicyObjective objective = objective(PolicyLoss.Clipped.of(0.2), RatioOf.OUTPUT, new OutputMean())
                .withKl(beta, KlEstimator.K3, false);
        iterate((drawn, old, reference, rate) ->
                learn(drawn, old, GroupAdvantage.DEFAULT.of(policy.rewards(drawn), PER_PROMPT), rate, objective));
        for (int prompt = 0; prompt < TabularPolicy.PROMPTS; prompt++) {
            double[] fixedPoint = fixedPoint(prompt, beta);
            assertThat(TabularPolicy.totalVariation(policy.answers(prompt), fixedPoint))
                    .isLessThan(0.05);
            assertThat(TabularPolicy.totalVariation(policy.optimum(prompt, beta), fixedPoint))
                    .isGreaterThan(0.1);
        }
    }

    @Test
    void theFixedPointSolvesItsEquation() {
        double beta = 0.5;
        double[] solution = fixedPoint(0, beta);
        double[] advantages = advantages(solution, 0);
        double[] reference = policy.referenceAnswers(0);
        for (int y = 0; y < solution.length; y++) {
            assertThat(Math.abs(solution[y] * advantages[y] - beta * (solution[y] - reference[y])))
                    .isLessThan(1e-6);
        }
    }

    /// π of π(y) Â(y) = β (π(y) − π_ref(y)), by following the gradient of equations 1–3 in the
    /// logits of whole answers.
    private double[] fixedPoint(int prompt, double beta) {
        double[] reference = policy.referenceAnswers(prompt);
        double[] solution = reference.clone();
        double[] logits = Arrays.stream(reference).map(Math::log).toArray();
        for (int step = 0; step < 20_000; step++) {
            double[] advantages = advantages(solution, prompt);
            double sum = 0;
            for (int y = 0; y < logits.length; y++) {
                logits[y] += 0.05 * (solution[y] * advantages[y] - beta * (solution[y] - reference[y]));
            }
            for (int y = 0; y < logits.length; y++) {
                solution[y] = Math.exp(logits[y]);
                sum += solution[y];
            }
            for (int y = 0; y < logits.length; y++) {
                solution[y] /= sum;
            }
        }
        return solution;
    }

    /// Equation 3 for infinitely many samples.
    private double[] advantages(double[] probabilities, int prompt) {
        double mean = 0;
        double square = 0;
        for (int y = 0; y < probabilities.length; y++) {
            double reward = policy.reward(prompt, y);
            mean += probabilities[y] * reward;
            square += probabilities[y] * reward * reward;
        }
        double[] advantages = new double[probabilities.length];
        for (int y = 0; y < advantages.length; y++) {
            advantages[y] = (policy.reward(prompt, y) - mean) / (Math.sqrt(square - mean * mean) + 1e-4);
        }
        return advantages;
    }

    private interface Update {
        void of(Drawn drawn, float[] old, float[] reference, double learningRate);
    }

    private void iterate(Update update) {
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            try (Scope scope = Scope.open()) {
                Drawn drawn = policy.draw(iteration, PER_PROMPT);
                double rate = 0.05 * (1 - iteration / (double) ITERATIONS);
                update.of(drawn, policy.logps(drawn), policy.referenceLogps(drawn), rate);
            }
        }
    }

    /// r − β Σ log(π/π_ref): k1 in the reward of whole answers.
    private double[] penalised(Drawn drawn, float[] old, float[] reference, double beta) {
        double[] rewards = policy.rewards(drawn);
        for (int t = 0; t < old.length; t++) {
            rewards[t / TabularPolicy.LENGTH] -= beta * KlEstimator.K1.of(old[t], reference[t]);
        }
        return rewards;
    }

    private void learn(Drawn drawn, float[] old, double[] advantages, double rate, PolicyLoss loss, RatioOf ratio) {
        learn(drawn, old, advantages, rate, objective(loss, ratio, new Aggregation.ConstantLength(1)));
    }

    private void learn(Drawn drawn, float[] old, double[] advantages, double rate, PolicyObjective objective) {
        policy.learn(
                drawn,
                old,
                Advantages.spread(advantages, drawn.lengths()),
                rate,
                tokens -> objective
                        .of(tokens, Aggregation.Window.of(drawn.lengths()))
                        .loss());
    }

    private static PolicyObjective objective(PolicyLoss loss, RatioOf ratio, Aggregation aggregation) {
        return PolicyObjective.of(loss, ratio, aggregation);
    }

    private void assertOptimal(double beta) {
        for (int prompt = 0; prompt < TabularPolicy.PROMPTS; prompt++) {
            double[] learned = policy.answers(prompt);
            assertThat(TabularPolicy.totalVariation(learned, policy.optimum(prompt, beta)))
                    .as(
                            "prompt %d: %s for %s",
                            prompt, Arrays.toString(learned), Arrays.toString(policy.optimum(prompt, beta)))
                    .isLessThan(0.05);
        }
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }
}
