package org.align4j.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.align4j.loss.KlEstimator;
import org.align4j.testing.Padded;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Advantages of groups and leave-one-out advantages against TRL 1.16, with abstaining and unknown
/// rewards.
class PolicyAdvantagesGoldenTest {
    private static final String NAME = "losses/policy_grpo";
    private static final Path CASES = Shared.golden(NAME + ".json");

    @TestFactory
    List<DynamicTest> advantages() {
        List<DynamicTest> tests = new ArrayList<>();
        if (Files.exists(CASES)) {
            for (JsonNode one : Shared.json(CASES).path("advantages")) {
                String name = one.get("name").asString();
                tests.add(Shared.goldenCase(NAME, name, () -> check(one, name)));
            }
        }
        return tests;
    }

    private static void check(JsonNode one, String name) {
        try (TensorFile tensors = new TensorFile(Shared.golden(NAME + ".safetensors"))) {
            int group = one.get("num_generations").asInt();
            double[][] rewards = rewards(tensors);
            List<Double> weights = new ArrayList<>();
            for (float weight : tensors.floats("adv.weights")) {
                weights.add((double) weight);
            }
            double[] computed = one.has("scale_rewards")
                    ? new RewardMix(
                                    weights,
                                    one.get("multi_objective_aggregation")
                                            .asString()
                                            .equals("normalize_then_sum"))
                            .advantages(rewards, group, scaled(one))
                    : leaveOneOut(one, tensors, new RewardMix(weights, false).sum(rewards), group);
            float[] expected = tensors.floats(name);
            assertThat(computed).hasSize(expected.length);
            for (int i = 0; i < expected.length; i++) {
                assertThat(computed[i])
                        .as("[%d]", i)
                        .isCloseTo(expected[i], within(1e-5 + 1e-4 * Math.abs(expected[i])));
            }
        }
    }

    private static GroupAdvantage scaled(JsonNode one) {
        String scale = one.get("scale_rewards").asString().toUpperCase(Locale.ROOT);
        return new GroupAdvantage(GroupAdvantage.Scale.valueOf(scale), true, 1e-4);
    }

    private static double[] leaveOneOut(JsonNode one, TensorFile tensors, double[] rewards, int group) {
        JsonNode range = one.get("reward_clip_range");
        Padded padded = new Padded(tensors.shape("adv.rloo.mask"), tensors.ints("adv.rloo.mask"));
        float[] old = padded.packed(tensors.floats("adv.rloo.old_per_token_logps"));
        float[] reference = padded.packed(tensors.floats("adv.rloo.ref_per_token_logps"));
        int token = 0;
        for (int i = 0; i < rewards.length; i++) {
            if (!range.isNull()) {
                rewards[i] = Double.isNaN(rewards[i])
                        ? Double.NaN
                        : Math.clamp(
                                rewards[i],
                                range.get(0).asDouble(),
                                range.get(1).asDouble());
            }
            for (int t = 0; t < padded.lengths()[i]; t++, token++) {
                rewards[i] -= one.get("beta").asDouble() * KlEstimator.K1.of(old[token], reference[token]);
            }
        }
        return GroupAdvantage.leaveOneOut(
                rewards, group, one.get("normalize_advantages").asBoolean());
    }

    /// `[F][B]`
    private static double[][] rewards(TensorFile tensors) {
        float[] flat = tensors.floats("adv.rewards_per_func");
        int functions = (int) tensors.shape("adv.rewards_per_func")[1];
        double[][] rewards = new double[functions][flat.length / functions];
        for (int i = 0; i < flat.length; i++) {
            rewards[i % functions][i / functions] = flat[i];
        }
        return rewards;
    }
}
