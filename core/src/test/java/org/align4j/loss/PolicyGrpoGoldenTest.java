package org.align4j.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.loss.PolicyObjective.RatioOf;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Padded;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// GRPO's variants and RLOO against TRL 1.16: losses, gradients, and the metrics that both have.
class PolicyGrpoGoldenTest {
    private static final String NAME = "losses/policy_grpo";
    private static final Path TENSORS = Shared.golden(NAME + ".safetensors");
    private static final Path CASES = Shared.golden(NAME + ".json");

    @TestFactory
    List<DynamicTest> losses() {
        if (!Files.exists(CASES)) {
            return List.of();
        }
        JsonNode file = Shared.json(CASES);
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode one : file.get("cases")) {
            String name = one.get("name").asString();
            tests.add(Shared.goldenCase(NAME, name, () -> check(file, one, name)));
        }
        return tests;
    }

    private static void check(JsonNode file, JsonNode one, String name) {
        try (Scope scope = Scope.open();
                TensorFile tensors = new TensorFile(TENSORS)) {
            Padded padded = new Padded(tensors.shape("in.mask"), tensors.ints("in.mask"));
            Tensor logps = padded.pack(tensors.floats("in.per_token_logps")).requiresGrad();
            boolean old = one.path("old_given").asBoolean(true);
            PolicyTokens tokens = new PolicyTokens(
                    logps,
                    old ? padded.pack(tensors.floats("in.old_per_token_logps")) : logps.detach(),
                    Optional.of(padded.pack(tensors.floats("in.ref_per_token_logps"))),
                    Optional.of(padded.pack(tensors.floats("in.entropies"))),
                    padded.pack(padded.spread(tensors.floats("in.advantages"))),
                    padded.lengths());
            PolicyObjective.Terms terms = objective(file, one).of(tokens, window(one, padded));
            Tensor scaled = terms.loss().mul(windows(one));
            scaled.backward();
            double loss = scaled.item()
                    + ofEmptyOutputs(one, padded, tensors.floats("in.advantages"))
                    + entropyBonus(file, one, tokens);
            float expected = tensors.floats(name + "/loss")[0];
            assertThat(loss).isCloseTo(expected, within(1e-5 + 1e-4 * Math.abs(expected)));
            assertClose(padded.unpack(logps.grad().toFloats()), tensors.floats(name + "/grad.per_token_logps"));
            checkMetrics(one, terms, tokens);
        }
    }

    private static void checkMetrics(JsonNode one, PolicyObjective.Terms terms, PolicyTokens tokens) {
        JsonNode metrics = one.get("metrics");
        if (metrics.has("kl") && !one.path("use_bias_correction_kl").asBoolean(false)) {
            assertMean(metrics, "kl", terms.kl(), terms.count());
        }
        // TRL counts RLOO's outputs without tokens, and the clips of one ratio once an output
        if (metrics.has("clip_ratio/low_mean") && ratio(one) == RatioOf.TOKEN) {
            assertMean(metrics, "clip_ratio/low_mean", terms.clippedLow(), terms.count());
            assertMean(metrics, "clip_ratio/high_mean", terms.clippedHigh(), terms.count());
        }
        assertMean(
                metrics,
                "entropy",
                tokens.entropy().orElseThrow().sum().item(),
                tokens.logps().size(0));
    }

    private static void assertMean(JsonNode metrics, String name, double sum, long count) {
        assertThat(sum / count).as(name).isCloseTo(metrics.get(name).asDouble(), within(1e-4));
    }

    private static PolicyObjective objective(JsonNode file, JsonNode one) {
        return PolicyObjective.of(loss(file, one), ratio(one), aggregation(one))
                .withKl(
                        one.path("beta").asDouble(0),
                        KlEstimator.K3,
                        one.path("use_bias_correction_kl").asBoolean(false))
                .withFilters(
                        one.path("top_entropy_quantile").asDouble(1),
                        one.path("off_policy_mask_threshold").asDouble(0));
    }

    private static PolicyLoss loss(JsonNode file, JsonNode one) {
        double low = one.get("epsilon_low").asDouble();
        double high = one.get("epsilon_high").asDouble();
        return switch (one.get("loss_type").asString()) {
            case "cispo" -> new PolicyLoss.Cispo(high);
            case "sapo" ->
                new PolicyLoss.Sapo(
                        file.get("sapo_temperature_pos").asDouble(),
                        file.get("sapo_temperature_neg").asDouble());
            case "vespo" -> {
                JsonNode constants = file.get("vespo");
                yield new PolicyLoss.Vespo(
                        constants.get("k_pos").asDouble(),
                        constants.get("lambda_pos").asDouble(),
                        constants.get("k_neg").asDouble(),
                        constants.get("lambda_neg").asDouble());
            }
            default -> new PolicyLoss.Clipped(low, high, one.path("delta").asDouble(0));
        };
    }

    private static RatioOf ratio(JsonNode one) {
        if (one.get("loss_type").asString().equals("rloo")) {
            return RatioOf.OUTPUT;
        }
        return one.get("importance_sampling_level").asString().equals("token") ? RatioOf.TOKEN : RatioOf.OUTPUT_MEAN;
    }

    private static Aggregation aggregation(JsonNode one) {
        return switch (one.get("loss_type").asString()) {
            case "grpo", "sapo", "rloo" -> new Aggregation.OutputMean();
            case "bnpo" -> new Aggregation.MicroBatchTokenMean();
            case "dr_grpo" ->
                new Aggregation.ConstantLength(one.get("max_completion_length").asInt());
            case "luspo" -> new Aggregation.ConstantLength(1);
            case "dapo", "cispo", "vespo" -> new Aggregation.TokenMean();
            default -> throw new IllegalArgumentException(one.toString());
        };
    }

    private static Aggregation.Window window(JsonNode one, Padded padded) {
        return new Aggregation.Window(
                (long) padded.lengths().length * microBatches(one),
                one.path("num_items_in_batch").asLong(1),
                microBatches(one));
    }

    private static int microBatches(JsonNode one) {
        return one.path("gradient_accumulation_steps").asInt(1);
    }

    /// TRL's DAPO divides by the tokens of the whole generation and multiplies by how many windows
    /// it has.
    private static double windows(JsonNode one) {
        boolean dapo = aggregation(one) instanceof Aggregation.TokenMean;
        return dapo ? one.get("steps_per_generation").asDouble() / microBatches(one) : 1;
    }

    /// TRL's bonus is the mean over the micro batch; here it is the mean over the window.
    private static double entropyBonus(JsonNode file, JsonNode one, PolicyTokens tokens) {
        Aggregation.Window window =
                new Aggregation.Window(1, tokens.logps().size(0) * microBatches(one), microBatches(one));
        PolicyObjective objective = objective(file, one);
        PolicyObjective with =
                objective.withEntropyBonus(one.path("entropy_coef").asDouble(0));
        return with.of(tokens, window).loss().item()
                - objective.of(tokens, window).loss().item();
    }

    /// An output without tokens has ratio 1 in TRL's RLOO and adds −A; here it is left out.
    private static double ofEmptyOutputs(JsonNode one, Padded padded, float[] advantages) {
        double sum = 0;
        for (int b = 0; b < advantages.length; b++) {
            sum -= padded.lengths()[b] == 0 ? advantages[b] : 0;
        }
        return one.get("loss_type").asString().equals("rloo") ? sum / advantages.length : 0;
    }

    static void assertClose(float[] computed, float[] expected) {
        assertThat(computed).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(computed[i]).as("[%d]", i).isCloseTo(expected[i], within((float)
                    (1e-5 + 1e-4 * Math.abs(expected[i]))));
        }
    }
}
