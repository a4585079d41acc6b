package org.align4j.rl;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.align4j.loss.PolicyTokens;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Tensor;

/// A policy whose answers can all be listed: a few prompts, answers of two tokens, a logit and a
/// value for each token in each state. A state is a prompt, or a prompt and the first token.
final class TabularPolicy {
    static final int PROMPTS = 2;
    static final int TOKENS = 3;
    static final int LENGTH = 2;
    static final int ANSWERS = TOKENS * TOKENS;
    private static final int STATES_PER_PROMPT = 1 + TOKENS;

    final Table logits = new Table(PROMPTS * STATES_PER_PROMPT * TOKENS);
    final Table values = new Table(PROMPTS * STATES_PER_PROMPT);
    private final float[] reference;
    private final CounterRandom random;

    /// Numbers with Adam's moments.
    static final class Table {
        final float[] numbers;
        private final double[] first;
        private final double[] second;
        private int steps;

        Table(int size) {
            numbers = new float[size];
            first = new double[size];
            second = new double[size];
        }

        /// A step of Adam with β = (.9, .999).
        void step(float[] gradient, double learningRate) {
            steps++;
            for (int i = 0; i < numbers.length; i++) {
                first[i] = 0.9 * first[i] + 0.1 * gradient[i];
                second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
                double direction = first[i]
                        / (1 - Math.pow(0.9, steps))
                        / (Math.sqrt(second[i] / (1 - Math.pow(0.999, steps))) + 1e-8);
                numbers[i] -= (float) (learningRate * direction);
            }
        }
    }

    /// Drawn answers, the groups one after the other.
    ///
    /// @param prompts of each answer, `[B]`
    /// @param answers of each, 0 to 8, `[B]`
    /// @param places of each token's logit in the table, `[2B]`
    /// @param states of each token, `[2B]`
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
    record Drawn(int[] prompts, int[] answers, int[] places, int[] states) {
        int[] lengths() {
            int[] lengths = new int[answers.length];
            Arrays.fill(lengths, LENGTH);
            return lengths;
        }
    }

    TabularPolicy(long seed) {
        random = CounterRandom.of(seed, "tabular policy");
        for (int i = 0; i < logits.numbers.length; i++) {
            logits.numbers[i] = (float) (0.5 * random.gaussian(0, i));
        }
        reference = logits.numbers.clone();
    }

    /// r(x, y) in [0, 1].
    double reward(int prompt, int answer) {
        return random.uniform(1, prompt, answer);
    }

    /// @param perPrompt answers of each prompt
    Drawn draw(long iteration, int perPrompt) {
        int count = PROMPTS * perPrompt;
        Drawn drawn = new Drawn(new int[count], new int[count], new int[count * LENGTH], new int[count * LENGTH]);
        for (int b = 0; b < count; b++) {
            int prompt = b / perPrompt;
            int state = prompt * STATES_PER_PROMPT;
            drawn.prompts()[b] = prompt;
            for (int t = 0; t < LENGTH; t++) {
                double[] probabilities = probabilities(logits.numbers, state);
                double left = random.uniform(2, iteration, b, t);
                int token = 0;
                while (token < TOKENS - 1 && left >= probabilities[token]) {
                    left -= probabilities[token++];
                }
                drawn.states()[b * LENGTH + t] = state;
                drawn.places()[b * LENGTH + t] = state * TOKENS + token;
                drawn.answers()[b] = drawn.answers()[b] * TOKENS + token;
                state += 1 + token;
            }
        }
        return drawn;
    }

    /// Rewards of drawn answers.
    double[] rewards(Drawn drawn) {
        double[] rewards = new double[drawn.answers().length];
        Arrays.setAll(rewards, b -> reward(drawn.prompts()[b], drawn.answers()[b]));
        return rewards;
    }

    /// Log-probabilities of the drawn tokens now.
    float[] logps(Drawn drawn) {
        return logps(Tensor.of(logits.numbers), drawn).toFloats();
    }

    float[] referenceLogps(Drawn drawn) {
        return logps(Tensor.of(reference), drawn).toFloats();
    }

    private static Tensor logps(Tensor table, Drawn drawn) {
        return table.view(-1, TOKENS).logSoftmaxFloat32(-1).reshape(-1).indexSelect(0, Tensor.of(drawn.places()));
    }

    /// One update of the logits, in the scope that is open.
    ///
    /// @param loss of the tokens, in which log-probabilities have gradients
    void learn(
            Drawn drawn, float[] old, double[] advantages, double learningRate, Function<PolicyTokens, Tensor> loss) {
        Tensor leaf = Tensor.of(logits.numbers).requiresGrad();
        float[] ofTokens = new float[advantages.length];
        for (int i = 0; i < ofTokens.length; i++) {
            ofTokens[i] = (float) advantages[i];
        }
        PolicyTokens tokens = new PolicyTokens(
                logps(leaf, drawn),
                Tensor.of(old),
                Optional.of(Tensor.of(referenceLogps(drawn))),
                Optional.empty(),
                Tensor.of(ofTokens),
                drawn.lengths());
        loss.apply(tokens).backward();
        logits.step(leaf.grad().toFloats(), learningRate);
    }

    /// π(y|x) of all answers.
    double[] answers(int prompt) {
        return answers(logits.numbers, prompt);
    }

    double[] referenceAnswers(int prompt) {
        return answers(reference, prompt);
    }

    private static double[] answers(float[] table, int prompt) {
        int root = prompt * STATES_PER_PROMPT;
        double[] result = new double[ANSWERS];
        double[] firstToken = probabilities(table, root);
        for (int answer = 0; answer < ANSWERS; answer++) {
            int first = answer / TOKENS;
            result[answer] = firstToken[first] * probabilities(table, root + 1 + first)[answer % TOKENS];
        }
        return result;
    }

    private static double[] probabilities(float[] table, int state) {
        double[] weights = new double[TOKENS];
        Arrays.setAll(weights, token -> Math.exp(table[state * TOKENS + token]));
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    /// π_ref(y|x) exp(r(x, y)/β) / Z(x), the policy of the greatest E[r] − β KL(π ‖ π_ref).
    double[] optimum(int prompt, double beta) {
        double[] policy = referenceAnswers(prompt);
        for (int answer = 0; answer < ANSWERS; answer++) {
            policy[answer] *= Math.exp(reward(prompt, answer) / beta);
        }
        double sum = Arrays.stream(policy).sum();
        return Arrays.stream(policy).map(weight -> weight / sum).toArray();
    }

    /// Half the sum of the differences.
    static double totalVariation(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += Math.abs(p[i] - q[i]);
        }
        return sum / 2;
    }
}
