package org.align4j.loss.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Policies that are tables of logits, trained to the end on preferences whose reward is known.
class KnownOptimumTest {
    private static final int PROMPTS = 4;
    private static final int ANSWERS = 5;
    private static final int LABELS = 4000;
    private static final CounterRandom RANDOM = CounterRandom.of(11, "preferences");

    /// r(x, y).
    private static double reward(int prompt, int answer) {
        return 1.2 * RANDOM.gaussian(1, prompt, answer);
    }

    /// Logits of the reference.
    private static float[] reference(int answers) {
        float[] logits = new float[PROMPTS * answers];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) RANDOM.gaussian(2, i);
        }
        return logits;
    }

    /// Every pair of answers to every prompt, by its place in the table, and the share of labels
    /// that prefer the first.
    private record Labeled(List<Integer> first, List<Integer> second, List<Double> preferred) {
        static Labeled of(int answers) {
            Labeled all = new Labeled(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int prompt = 0; prompt < PROMPTS; prompt++) {
                for (int a = 0; a < answers; a++) {
                    for (int b = a + 1; b < answers; b++) {
                        all.first.add(prompt * answers + a);
                        all.second.add(prompt * answers + b);
                        all.preferred.add(share(prompt, a, b));
                    }
                }
            }
            return all;
        }

        /// Bradley and Terry's labelers, asked many times.
        private static double share(int prompt, int a, int b) {
            double probability = 1 / (1 + Math.exp(reward(prompt, b) - reward(prompt, a)));
            int wins = 0;
            for (int i = 0; i < LABELS; i++) {
                wins += RANDOM.uniform(3, prompt, a * ANSWERS + b, i) < probability ? 1 : 0;
            }
            return wins / (double) LABELS;
        }

        Tensor loss(PreferenceLoss loss, Tensor policy, Tensor reference) {
            Completions one = completions(policy, reference, first);
            Completions other = completions(policy, reference, second);
            float[] shares = new float[first.size()];
            for (int i = 0; i < shares.length; i++) {
                shares[i] = preferred.get(i).floatValue();
            }
            Tensor share = Tensor.of(shares);
            return loss.of(new Pairs(one, other))
                    .mul(share)
                    .add(loss.of(new Pairs(other, one)).mul(share.neg().add(1)))
                    .mean();
        }

        private static Completions completions(Tensor policy, Tensor reference, List<Integer> places) {
            Tensor index = Tensor.of(places.stream().mapToInt(Integer::intValue).toArray());
            Tensor one = policy.detach().view(-1).indexSelect(0, index).mul(0).add(1);
            return new Completions(
                    policy.reshape(-1).indexSelect(0, index),
                    reference.reshape(-1).indexSelect(0, index),
                    one);
        }
    }

    /// Gradient descent with momentum from the reference; log-probabilities of the result,
    /// `[PROMPTS, answers]`.
    private static float[] trained(PreferenceLoss loss, int answers, double step) {
        Labeled labeled = Labeled.of(answers);
        float[] values = reference(answers);
        float[] velocity = new float[values.length];
        for (int i = 0; i < 500; i++) {
            try (Scope scope = Scope.open()) {
                Tensor logits = Tensor.of(values).requiresGrad();
                Tensor policy = logits.view(PROMPTS, answers).logSoftmaxFloat32(1);
                Tensor fixed =
                        Tensor.of(reference(answers)).view(PROMPTS, answers).logSoftmaxFloat32(1);
                labeled.loss(loss, policy, fixed).backward();
                float[] gradient = logits.grad().toFloats();
                for (int v = 0; v < values.length; v++) {
                    velocity[v] = 0.9f * velocity[v] - (float) step * gradient[v];
                    values[v] += velocity[v];
                }
            }
        }
        try (Scope scope = Scope.open()) {
            return Tensor.of(values).view(PROMPTS, answers).logSoftmaxFloat32(1).toFloats();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2})
    void dpoEndsAtTheReferenceTiltedByTheReward(double beta) {
        float[] policy = trained(Dpo.of(beta), ANSWERS, 8 / (beta * beta));
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
            // π* = π_ref exp(r/β) / Z, eq. 4 of Rafailov et al. 2023
            double[] tilted = new double[ANSWERS];
            double normaliser = 0;
            for (int answer = 0; answer < ANSWERS; answer++) {
                tilted[answer] =
                        Math.exp(reference(ANSWERS)[prompt * ANSWERS + answer] + reward(prompt, answer) / beta);
                normaliser += tilted[answer];
            }
            double variation = 0;
            for (int answer = 0; answer < ANSWERS; answer++) {
                variation += Math.abs(Math.exp(policy[prompt * ANSWERS + answer]) - tilted[answer] / normaliser) / 2;
            }
            assertThat(variation).as("prompt %d", prompt).isLessThanOrEqualTo(0.02);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1})
    void ipoEndsAtItsOwnOptimum(double tau) {
        // of two answers: h(y) − h(y′) = (p(y ≻ y′) − ½)/τ, section 5 of Azar et al. 2023
        int answers = 2;
        float[] policy = trained(new Ipo(tau, new Divergence.ReverseKl(), false), answers, 0.2);
        Labeled labeled = Labeled.of(answers);
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
            float[] logits = reference(answers);
            double margin = policy[prompt * 2] - policy[prompt * 2 + 1] - (logits[prompt * 2] - logits[prompt * 2 + 1]);
            assertThat(margin).isCloseTo((labeled.preferred().get(prompt) - 0.5) / tau, within(1e-3));
        }
    }

    @Test
    void raterAgreementSendsDpoAwayButNotIpo() {
        // both answers' margin after the same training on labels that never disagree
        try (Scope scope = Scope.open()) {
            Tensor far = Tensor.of(40f).requiresGrad();
            Tensor zero = Tensor.of(0f);
            Tensor one = Tensor.of(1f);
            Pairs pairs = new Pairs(new Completions(far, zero, one), new Completions(zero, zero, one));
            Dpo.of(0.1).of(pairs).sum().backward();
            assertThat(far.grad().item()).isNegative();
            Tensor again = Tensor.of(40f).requiresGrad();
            Ipo.of(0.1)
                    .of(new Pairs(new Completions(again, zero, one), new Completions(zero, zero, one)))
                    .sum()
                    .backward();
            assertThat(again.grad().item()).isPositive();
        }
    }

    @Test
    void theGradientIsThatOfThePaperInEveryParameter() {
        double beta = 0.7;
        try (Scope scope = Scope.open()) {
            Tensor logits = Tensor.of(0.3f, -0.2f, 1.1f).requiresGrad();
            Tensor policy = logits.logSoftmaxFloat32(0);
            Tensor fixed = Tensor.of(0.1f, 0.5f, -0.4f).logSoftmaxFloat32(0);
            Tensor one = Tensor.of(1f);
            Completions chosen = new Completions(policy.narrow(0, 0, 1), fixed.narrow(0, 0, 1), one);
            Completions rejected = new Completions(policy.narrow(0, 2, 1), fixed.narrow(0, 2, 1), one);
            Dpo dpo = Dpo.of(beta);
            double difference =
                    dpo.rewards(rejected).item() - dpo.rewards(chosen).item();
            double weight = beta / (1 + Math.exp(-difference));
            dpo.of(new Pairs(chosen, rejected)).sum().backward();
            // ∇ log π_w − ∇ log π_l of a softmax is 1 at w and −1 at l
            float[] gradient = logits.grad().toFloats();
            assertThat(gradient[0]).isCloseTo((float) -weight, within(1e-6f));
            assertThat(gradient[1]).isCloseTo(0, within(1e-6f));
            assertThat(gradient[2]).isCloseTo((float) weight, within(1e-6f));
        }
    }
}
