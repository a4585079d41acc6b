package org.align4j.loss.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Losses from tokens' log-probabilities, with weights, sums and divergences, against trl 1.16.
class TokenPreferenceGoldenTest {
    private static final double ATOL = 1e-5;
    private static final double RTOL = 1e-4;

    @TestFactory
    List<DynamicTest> lossesAndGradientsAreThoseOfTrl() {
        List<DynamicTest> tests = new ArrayList<>();
        Path json = Shared.golden("losses/preference_v1.json");
        if (!Files.exists(json)) {
            return tests;
        }
        for (JsonNode entry : Shared.json(json).get("cases")) {
            String name = entry.get("name").stringValue();
            tests.add(Shared.goldenCase("losses/preference_v1", name, () -> {
                try (TensorFile file = new TensorFile(Shared.golden("losses/preference_v1.safetensors"));
                        Scope scope = Scope.open()) {
                    check(entry, new Tokens(file), file);
                }
            }));
        }
        return tests;
    }

    private static void check(JsonNode entry, Tokens tokens, TensorFile file) {
        Pairs pairs = tokens.pairs(entry);
        Tensor losses = loss(entry, tokens).of(pairs);
        if (entry.get("use_weighting").booleanValue()) {
            losses = losses.mul(tokens.weights());
        }
        Tensor loss = losses.mean();
        String name = entry.get("name").stringValue();
        assertClose("loss", loss.toFloats(), file.floats(name + "/loss"));
        loss.backward();
        Tensor expected = Shared.tensor(file.floats(name + "/grad.per_token_logps"));
        assertClose("gradient", tokens.ofCompletions(tokens.policy.grad()), tokens.ofCompletions(expected));
        checkMetrics(entry, pairs);
    }

    private static void checkMetrics(JsonNode entry, Pairs pairs) {
        JsonNode metrics = entry.get("metrics");
        Dpo dpo = Dpo.of(entry.get("beta").doubleValue());
        Tensor chosen = dpo.rewards(pairs.chosen());
        Tensor rejected = dpo.rewards(pairs.rejected());
        assertMean(metrics, "rewards/chosen", chosen);
        assertMean(metrics, "rewards/rejected", rejected);
        assertMean(metrics, "rewards/margins", chosen.sub(rejected));
        assertMean(metrics, "logps/chosen", pairs.chosen().policy());
        assertMean(metrics, "logps/rejected", pairs.rejected().policy());
    }

    private static void assertMean(JsonNode metrics, String name, Tensor values) {
        assertClose(name, values.mean().toFloats(), new float[] {
            (float) metrics.get(name).doubleValue()
        });
    }

    private static PreferenceLoss loss(JsonNode entry, Tokens tokens) {
        List<WeightedSum.Term> terms = new ArrayList<>();
        for (int i = 0; i < entry.get("loss_types").size(); i++) {
            terms.add(new WeightedSum.Term(
                    entry.get("loss_weights").get(i).doubleValue(),
                    loss(entry.get("loss_types").get(i).stringValue(), entry, tokens)));
        }
        return terms.size() == 1 ? terms.getFirst().loss() : new WeightedSum(terms);
    }

    private static PreferenceLoss loss(String name, JsonNode entry, Tokens tokens) {
        double beta = entry.get("beta").doubleValue();
        double smoothing = entry.get("label_smoothing").doubleValue();
        return switch (name) {
            // trl 1.16 ignores label smoothing here
            case "sigmoid" -> new Dpo(beta, 0, divergence(entry), false);
            case "sigmoid_norm" -> new Dpo(beta, 0, divergence(entry), true);
            case "robust" -> new RobustDpo(beta, smoothing);
            case "exo_pair" -> new Exo(beta, smoothing);
            case "hinge" -> new Hinge(beta, divergence(entry));
            case "ipo" -> new Ipo(beta, divergence(entry), true);
            case "sppo_hard" -> new Sppo(beta);
            case "nca_pair" -> new Nca(beta);
            case "apo_zero" -> new ApoZero(beta);
            case "apo_down" -> new ApoDown(beta);
            case "discopop" -> new Discopop(beta, entry.get("discopop_tau").doubleValue());
            case "aot" -> new Aot(beta, smoothing);
            case "aot_unpaired" -> new AotUnpaired(beta, smoothing);
            // trl 1.16 has no running mean
            case "bco_pair" -> new Bco(beta);
            case "sft" -> {
                tokens.averageOverBatch();
                yield new Nll();
            }
            default -> throw new AssertionError("no loss for " + entry);
        };
    }

    private static Divergence divergence(JsonNode entry) {
        return switch (entry.get("f_divergence").stringValue()) {
            case "reverse_kl" -> new Divergence.ReverseKl();
            case "forward_kl" -> new Divergence.ForwardKl();
            case "js_divergence" -> new Divergence.JensenShannon();
            case "alpha_divergence" ->
                new Divergence.Alpha(entry.get("f_alpha_coef").doubleValue());
            default -> throw new AssertionError("no divergence for " + entry);
        };
    }

    /// The file's rows, chosen then rejected, and where their completions are.
    private static final class Tokens {
        private final TensorFile file;
        private final Tensor policy;
        private final Tensor completionTokens;
        private final int[] lengths;
        private boolean oneDivisor;

        Tokens(TensorFile file) {
            this.file = file;
            policy = Shared.tensor(file.floats("in.per_token_logps")).requiresGrad();
            long[] mask = file.longs("in.completion_mask");
            int rows = (int) file.shape("in.completion_mask")[0];
            int columns = (int) file.shape("in.completion_mask")[1];
            List<Integer> places = new ArrayList<>();
            lengths = new int[rows];
            for (int row = 0; row < rows; row++) {
                // column t of the log-probabilities scores token t + 1
                for (int t = 1; t < columns; t++) {
                    if (mask[row * columns + t] == 1) {
                        places.add(row * (columns - 1) + t - 1);
                        lengths[row]++;
                    }
                }
            }
            completionTokens =
                    Shared.tensor(places.stream().mapToInt(Integer::intValue).toArray());
        }

        /// trl's NLL divides by the batch's tokens, ours by each completion's: they agree where all
        /// have the mean length.
        void averageOverBatch() {
            oneDivisor = true;
        }

        Pairs pairs(JsonNode entry) {
            loss(entry, this);
            int half = lengths.length / 2;
            Tensor sums = sums(entry, policy);
            Tensor references = sums(entry, Shared.tensor(file.floats("in.ref_per_token_logps")));
            return new Pairs(
                    new Completions(sums.narrow(0, 0, half), references.narrow(0, 0, half), divisors(0, half)),
                    new Completions(
                            sums.narrow(0, half, half), references.narrow(0, half, half), divisors(half, half)));
        }

        private Tensor divisors(int from, int count) {
            float[] divisors = new float[count];
            double mean = Arrays.stream(lengths, from, from + count).average().orElseThrow();
            for (int i = 0; i < count; i++) {
                divisors[i] = oneDivisor ? (float) mean : lengths[from + i];
            }
            return Shared.tensor(divisors);
        }

        private Tensor sums(JsonNode entry, Tensor values) {
            Tensor tokens = values.indexSelect(0, completionTokens);
            if (entry.get("ld_alpha").isNull()) {
                return SequenceLogps.sums(tokens, lengths);
            }
            int half = lengths.length / 2;
            int[] others = new int[lengths.length];
            Arrays.setAll(others, row -> lengths[(row + half) % lengths.length]);
            return SequenceLogps.desensitised(
                    tokens, lengths, others, entry.get("ld_alpha").doubleValue());
        }

        Tensor weights() {
            Tensor relative = policy.sub(Shared.tensor(file.floats("in.log_sum_sq_probs")))
                    .indexSelect(0, completionTokens);
            int half = lengths.length / 2;
            Tensor means = SequenceLogps.sums(relative, lengths).div(Shared.tensor(toFloats(lengths)));
            return SequenceLogps.policyWeights(means.narrow(0, 0, half), means.narrow(0, half, half));
        }

        private static float[] toFloats(int[] values) {
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = values[i];
            }
            return floats;
        }

        /// Of the tokens that count: trl's sums run over the zeros of the others too.
        float[] ofCompletions(Tensor values) {
            return values.indexSelect(0, completionTokens).toFloats();
        }
    }

    private static void assertClose(String name, float[] actual, float[] expected) {
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("%s %d", name, i)
                    .isCloseTo(expected[i], within(ATOL + RTOL * Math.abs(expected[i])));
        }
    }
}
