package org.align4j.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.align4j.loss.Aggregation;
import org.align4j.loss.KlEstimator;
import org.align4j.loss.PolicyLoss;
import org.align4j.loss.PolicyObjective;
import org.align4j.loss.PolicyObjective.RatioOf;
import org.align4j.loss.PolicyTokens;
import org.align4j.loss.ValueLoss;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Padded;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// PPO from log-probabilities, values and scores to gradients, against the statements of TRL 0.23's
/// trainer.
///
/// TRL gives the score one place after an answer's end token where there is room, so that an answer
/// has a state more than it has tokens. Here it is with the last token; the test gives such answers
/// a token more, as TRL has it.
class PolicyPpoGoldenTest {
    private static final String NAME = "losses/policy_ppo";
    private static final Path CASES = Shared.golden(NAME + ".json");
    private static final Path TENSORS = Shared.golden(NAME + ".safetensors");

    @TestFactory
    List<DynamicTest> steps() {
        List<DynamicTest> tests = new ArrayList<>();
        if (Files.exists(CASES)) {
            JsonNode file = Shared.json(CASES);
            for (JsonNode one : file.get("cases")) {
                String name = one.get("name").asString();
                tests.add(Shared.goldenCase(NAME, name, () -> check(file, one, name)));
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> whitening() {
        if (!Files.exists(TENSORS)) {
            return List.of();
        }
        try (TensorFile tensors = new TensorFile(TENSORS)) {
            return new TreeSet<>(tensors.names())
                    .stream()
                            .filter(name -> name.startsWith("masked.") && name.endsWith(".mask"))
                            .map(name -> name.substring(0, name.length() - ".mask".length()))
                            .map(name -> Shared.goldenCase(NAME, name, () -> checkWhitening(name)))
                            .toList();
        }
    }

    private static void checkWhitening(String name) {
        try (TensorFile tensors = new TensorFile(TENSORS)) {
            Padded masked = padded(tensors, name + ".mask", true);
            double[] values = doubles(masked.packed(tensors.floats("in.values")));
            assertClose(Advantages.whitened(values, true), masked.packed(tensors.floats(name + ".whiten")));
            assertClose(Advantages.whitened(values, false), masked.packed(tensors.floats(name + ".whiten_keep_mean")));
            Statistics statistics = Statistics.of(values, 0, values.length);
            assertThat(statistics.mean()).isCloseTo(tensors.floats(name + ".mean")[0], within(1e-5));
            assertThat(Math.pow(statistics.deviation(true), 2))
                    .isCloseTo(tensors.floats(name + ".var")[0], within(1e-4));
            assertThat(Math.pow(statistics.deviation(false), 2))
                    .isCloseTo(tensors.floats(name + ".var_biased")[0], within(1e-4));
        }
    }

    private static void check(JsonNode file, JsonNode one, String name) {
        try (Scope scope = Scope.open();
                TensorFile tensors = new TensorFile(TENSORS)) {
            Padded tokens = padded(tensors, name + "/padding_mask", false);
            Padded states = padded(tensors, name + "/padding_mask_p1", false);
            // 1. rewards: the KL penalty at each token, the score at the end
            double[] rewards = rewards(file, one, tensors, tokens, states);
            assertClose(rewards, states.packed(tensors.floats(name + "/rewards")));
            // 2. advantages and returns
            double[] values = doubles(states.packed(tensors.floats("in.values")));
            Advantages.Estimates estimates = Advantages.generalised(
                    rewards,
                    values,
                    states.lengths(),
                    one.get("gamma").asDouble(),
                    one.get("lam").asDouble());
            assertClose(estimates.returns(), states.packed(tensors.floats(name + "/returns")));
            double[] ofTokens = doubles(tokens.packed(states.unpack(floats(estimates.advantages()))));
            double[] advantages = Advantages.whitened(ofTokens, true);
            assertClose(advantages, tokens.packed(tensors.floats(name + "/advantages")));
            // 3. losses and gradients
            checkLosses(one, name, tensors, tokens, states, advantages, estimates.returns());
        }
    }

    private static double[] rewards(JsonNode file, JsonNode one, TensorFile tensors, Padded tokens, Padded states) {
        KlEstimator estimator =
                KlEstimator.valueOf(one.get("kl_estimator").asString().toUpperCase(Locale.ROOT));
        float[] logps = tensors.floats("in.logprobs");
        float[] reference = tensors.floats("in.ref_logprobs");
        float[] kl = new float[logps.length];
        for (int i = 0; i < kl.length; i++) {
            kl[i] = tokens.mask()[i] == 1 ? (float) estimator.of(logps[i], reference[i]) : 0;
        }
        double meanKl = 0;
        double[] rewards = doubles(states.packed(kl));
        for (int i = 0; i < rewards.length; i++) {
            meanKl += rewards[i] / tokens.lengths().length;
            rewards[i] *= -one.get("kl_coef").asDouble();
        }
        assertThat(meanKl).isCloseTo(one.get("mean_kl").asDouble(), within(1e-4));
        float[] scores = tensors.floats("in.scores");
        int[] responses = tensors.ints("in.postprocessed_responses");
        int columns = (int) states.shape()[1];
        int end = 0;
        for (int b = 0; b < scores.length; b++) {
            int eos = file.get("eos_token_id").asInt();
            boolean ended =
                    Arrays.stream(responses, b * columns, (b + 1) * columns).anyMatch(token -> token == eos);
            end += states.lengths()[b];
            rewards[end - 1] +=
                    scores[b] - (ended ? 0 : one.path("missing_eos_penalty").asDouble(0));
        }
        return one.get("whiten_rewards").asBoolean() ? Advantages.whitened(rewards, false) : rewards;
    }

    private static void checkLosses(
            JsonNode one,
            String name,
            TensorFile tensors,
            Padded tokens,
            Padded states,
            double[] advantages,
            double[] returns) {
        Tensor logps = tokens.pack(tensors.floats("in.new_logprobs")).requiresGrad();
        Tensor values = states.pack(tensors.floats("in.vpred")).requiresGrad();
        PolicyObjective.Terms policy = PolicyObjective.of(
                        PolicyLoss.Clipped.of(one.get("cliprange").asDouble()),
                        RatioOf.TOKEN,
                        new Aggregation.TokenMean())
                .of(
                        new PolicyTokens(
                                logps,
                                tokens.pack(tensors.floats("in.logprobs")),
                                Optional.empty(),
                                Optional.empty(),
                                Shared.tensor(floats(advantages)),
                                tokens.lengths()),
                        Aggregation.Window.of(tokens.lengths()));
        long count = values.size(0);
        ValueLoss.Terms value = new ValueLoss(one.get("cliprange_value").asDouble())
                .of(values, states.pack(tensors.floats("in.values")), Shared.tensor(floats(returns)), count);
        Tensor loss = policy.loss().add(value.loss().mul(one.get("vf_coef").asDouble()));
        loss.backward();
        assertThat(loss.item()).isCloseTo(one.get("loss").asDouble(), within(1e-4));
        assertThat(policy.loss().item()).isCloseTo(one.get("pg_loss").asDouble(), within(1e-4));
        // TRL halves its mean of squares when it adds it
        assertThat(value.loss().item()).isCloseTo(one.get("vf_loss").asDouble(), within(1e-3));
        assertThat((policy.clippedLow() + policy.clippedHigh()) / policy.count())
                .isCloseTo(one.get("pg_clipfrac").asDouble(), within(1e-6));
        assertThat(value.clipped() / count).isCloseTo(one.get("vf_clipfrac").asDouble(), within(1e-6));
        assertClose(doubles(tokens.unpack(logps.grad().toFloats())), tensors.floats(name + "/grad.new_logprobs"));
        assertClose(doubles(states.unpack(values.grad().toFloats())), tensors.floats(name + "/grad.vpred"));
    }

    /// @param counts whether the mask's ones count, or its zeros
    private static Padded padded(TensorFile tensors, String name, boolean counts) {
        float[] mask = tensors.floats(name);
        int[] ones = new int[mask.length];
        for (int i = 0; i < ones.length; i++) {
            ones[i] = (mask[i] != 0) == counts ? 1 : 0;
        }
        return new Padded(tensors.shape(name), ones);
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        Arrays.setAll(result, i -> values[i]);
        return result;
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    private static void assertClose(double[] computed, float[] expected) {
        assertThat(computed).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(computed[i]).as("[%d]", i).isCloseTo(expected[i], within(1e-5 + 1e-4 * Math.abs(expected[i])));
        }
    }
}
