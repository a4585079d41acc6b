package org.align4j.loss.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Losses of whole completions and their gradients against trl 0.23.1, and ORPO against its stable
/// form in trl 1.16.
class PreferenceGoldenTest {
    private static final double ATOL = 1e-5;
    private static final double RTOL = 1e-4;

    @TestFactory
    List<DynamicTest> lossesAndGradientsAreThoseOfTrl() {
        return cases("preference", PreferenceGoldenTest::check);
    }

    @TestFactory
    List<DynamicTest> orpoIsTrls() {
        return cases("orpo", PreferenceGoldenTest::checkOrpo);
    }

    private interface Check {
        void run(JsonNode entry, TensorFile file, Map<String, RunningMean> means);
    }

    /// Running means go on from one case to the next, so the cases of one file share them in order.
    private static List<DynamicTest> cases(String name, Check check) {
        List<DynamicTest> tests = new ArrayList<>();
        Path json = Shared.golden("losses/" + name + ".json");
        if (!Files.exists(json)) {
            return tests;
        }
        Map<String, RunningMean> means = new HashMap<>();
        for (JsonNode entry : Shared.json(json).get("cases")) {
            tests.add(Shared.goldenCase("losses/" + name, entry.get("name").stringValue(), () -> {
                try (TensorFile file = new TensorFile(Shared.golden("losses/" + name + ".safetensors"));
                        Scope scope = Scope.open()) {
                    check.run(entry, file, means);
                }
            }));
        }
        return tests;
    }

    private static void check(JsonNode entry, TensorFile file, Map<String, RunningMean> means) {
        switch (entry.get("family").stringValue()) {
            case "dpo" -> checkDpo(entry, file, means);
            case "cpo" -> checkCpo(entry, file);
            case "kto", "bco" -> checkUnpaired(entry, file, means);
            default -> throw new AssertionError("no test of " + entry);
        }
    }

    private static void checkDpo(JsonNode entry, TensorFile file, Map<String, RunningMean> means) {
        Leaves leaves = new Leaves(file, "in.policy_chosen", "in.policy_rejected");
        Tensor chosenReference = Shared.tensor(file.floats("in.ref_chosen"));
        Tensor rejectedReference = Shared.tensor(file.floats("in.ref_rejected"));
        Completions chosen = alone(leaves.chosen, chosenReference);
        Completions rejected = alone(leaves.rejected, rejectedReference);
        PreferenceLoss loss = dpo(entry);
        double mean = loss instanceof Bco bco ? meanRatio(entry, means, bco.beta(), chosen, rejected) : 0;
        boolean free = entry.get("reference_free").booleanValue();
        Pairs pairs = free
                ? new Pairs(
                        alone(leaves.chosen, chosenReference.mul(0)), alone(leaves.rejected, rejectedReference.mul(0)))
                : new Pairs(chosen, rejected).withMeanRatio(mean);
        compare(entry, file, loss.of(pairs), leaves, "grad.policy_chosen", "grad.policy_rejected");
        // the rewards are relative to the reference even where the loss is not
        assertClose(entry, file, "chosen_rewards", loss.rewards(chosen));
        assertClose(entry, file, "rejected_rewards", loss.rewards(rejected));
    }

    private static PreferenceLoss dpo(JsonNode entry) {
        double beta = entry.get("beta").doubleValue();
        double smoothing = entry.get("label_smoothing").doubleValue();
        return switch (entry.get("loss_type").stringValue()) {
            case "sigmoid" -> new Dpo(beta, smoothing, divergence(entry), false);
            case "robust" -> new RobustDpo(beta, smoothing);
            // trl has 0 mean 0.001
            case "exo_pair" -> new Exo(beta, smoothing == 0 ? 1e-3 : smoothing);
            case "hinge" -> new Hinge(beta, divergence(entry));
            case "ipo" -> new Ipo(beta, divergence(entry), true);
            case "sppo_hard" -> new Sppo(beta);
            case "nca_pair" -> new Nca(beta);
            case "apo_zero" -> new ApoZero(beta);
            case "apo_down" -> new ApoDown(beta);
            case "discopop" -> new Discopop(beta, entry.get("discopop_tau").doubleValue());
            case "aot" -> new Aot(beta, smoothing);
            case "aot_pair" -> new AotUnpaired(beta, smoothing);
            case "bco_pair" -> new Bco(beta);
            default -> throw new AssertionError("no loss for " + entry);
        };
    }

    /// The coefficient a of trl 0.23 is 1 − α.
    private static Divergence divergence(JsonNode entry) {
        return switch (entry.get("f_divergence").stringValue()) {
            case "reverse_kl" -> new Divergence.ReverseKl();
            case "js_divergence" -> new Divergence.JensenShannon();
            case "alpha_divergence" ->
                new Divergence.Alpha(
                        1 - entry.get("f_params").get("alpha_divergence_coef").doubleValue());
            default -> throw new AssertionError("no divergence for " + entry);
        };
    }

    /// trl's running mean takes in a batch before the batch's loss is computed.
    private static double meanRatio(
            JsonNode entry, Map<String, RunningMean> means, double beta, Completions chosen, Completions rejected) {
        String series = entry.get("name").stringValue().replaceAll("#.*", "");
        RunningMean mean = (entry.get("call").intValue() == 1 ? RunningMean.NONE : means.get(series))
                .with(chosen.ratios().toFloats())
                .with(rejected.ratios().toFloats());
        means.put(series, mean);
        String expected = "running_mean_after";
        if (entry.has(expected)) {
            assertThat(beta * mean.mean()).isCloseTo(entry.get(expected).doubleValue(), within(ATOL));
        }
        return mean.mean();
    }

    private static void checkCpo(JsonNode entry, TensorFile file) {
        Leaves leaves = new Leaves(file, "in.avg_chosen", "in.avg_rejected");
        Completions chosen = alone(leaves.chosen, leaves.chosen.detach().mul(0));
        Completions rejected = alone(leaves.rejected, leaves.rejected.detach().mul(0));
        double beta = entry.get("beta").doubleValue();
        double smoothing = entry.get("label_smoothing").doubleValue();
        PreferenceLoss loss = switch (entry.get("loss_type").stringValue()) {
            case "sigmoid" -> new Cpo(beta, smoothing, 0);
            case "hinge" -> Hinge.of(beta);
            case "ipo" -> Ipo.of(beta);
            case "simpo" ->
                new Simpo(
                        beta,
                        entry.get("simpo_gamma").doubleValue(),
                        entry.get("alpha").doubleValue(),
                        smoothing);
            default -> throw new AssertionError("no loss for " + entry);
        };
        compare(entry, file, loss.of(new Pairs(chosen, rejected)), leaves, "grad.avg_chosen", "grad.avg_rejected");
        assertClose(entry, file, "chosen_rewards", loss.rewards(chosen));
        assertClose(entry, file, "rejected_rewards", loss.rewards(rejected));
    }

    private static void checkUnpaired(JsonNode entry, TensorFile file, Map<String, RunningMean> means) {
        Leaves leaves = new Leaves(file, "in.kto.policy_chosen", "in.kto.policy_rejected");
        Completions chosen = alone(leaves.chosen, Shared.tensor(file.floats("in.kto.ref_chosen")));
        Completions rejected = alone(leaves.rejected, Shared.tensor(file.floats("in.kto.ref_rejected")));
        double beta = entry.get("beta").doubleValue();
        boolean bco = entry.get("family").stringValue().equals("bco");
        double origin = bco ? meanRatio(entry, means, beta, chosen, rejected) : baseline(entry, file);
        UnpairedLoss loss = bco
                ? new UnpairedLoss.Bco(beta)
                : entry.get("loss_type").stringValue().equals("kto")
                        ? new UnpairedLoss.Kto(beta)
                        : new UnpairedLoss.ApoZero(beta);
        double better = weight(entry, "desirable_weight");
        double worse = weight(entry, "undesirable_weight");
        Tensor losses = Tensor.cat(
                List.of(
                        loss.of(chosen, chosen.lengths(), origin).mul(better),
                        loss.of(rejected, rejected.lengths().neg(), origin).mul(worse)),
                0);
        compare(entry, file, losses, leaves, "grad.policy_chosen", "grad.policy_rejected");
        assertClose(entry, file, "chosen_rewards", loss.rewards(chosen));
        assertClose(entry, file, "rejected_rewards", loss.rewards(rejected));
    }

    private static double baseline(JsonNode entry, TensorFile file) {
        double kl = UnpairedLoss.Kto.baseline(alone(
                Shared.tensor(file.floats(entry.get("policy_KL").stringValue())),
                Shared.tensor(file.floats("in.kto.ref_KL"))));
        if (entry.get("loss_type").stringValue().equals("kto")) {
            assertThat(kl)
                    .isCloseTo(
                            file.floats(entry.get("name").stringValue() + "/kl")[0],
                            within(ATOL + RTOL * Math.abs(kl)));
        }
        return kl;
    }

    private static double weight(JsonNode entry, String name) {
        return entry.has(name) ? entry.get(name).doubleValue() : 1;
    }

    private static void checkOrpo(JsonNode entry, TensorFile file, Map<String, RunningMean> means) {
        Leaves leaves = new Leaves(file, "in.avg_chosen", "in.avg_rejected");
        Completions chosen = alone(leaves.chosen, leaves.chosen.detach());
        Completions rejected = alone(leaves.rejected, leaves.rejected.detach());
        Orpo loss = new Orpo(entry.get("beta").doubleValue(), 0);
        // trl gives the term with its sign turned, to be subtracted
        Tensor losses = loss.of(new Pairs(chosen, rejected)).neg();
        compare(entry, file, losses, leaves, "grad.avg_chosen", "grad.avg_rejected");
        assertClose(entry, file, "chosen_rewards", loss.rewards(chosen));
        assertClose(entry, file, "rejected_rewards", loss.rewards(rejected));
    }

    /// Completions of one token, for which sums are means.
    private static Completions alone(Tensor policy, Tensor reference) {
        return new Completions(policy, reference, Tensor.full(1, DType.FLOAT32, Shared.device(), policy.size(0)));
    }

    private static final class Leaves {
        final Tensor chosen;
        final Tensor rejected;

        Leaves(TensorFile file, String chosen, String rejected) {
            this.chosen = Shared.tensor(file.floats(chosen)).requiresGrad();
            this.rejected = Shared.tensor(file.floats(rejected)).requiresGrad();
        }
    }

    private static void compare(
            JsonNode entry, TensorFile file, Tensor losses, Leaves leaves, String chosen, String rejected) {
        assertClose(entry, file, "losses", losses);
        losses.sum().backward();
        assertClose(entry, file, chosen, leaves.chosen.grad());
        assertClose(entry, file, rejected, leaves.rejected.grad());
    }

    private static void assertClose(JsonNode entry, TensorFile file, String name, Tensor actual) {
        Set<Integer> skipped = new HashSet<>();
        if (entry.has("non_finite_rows")) {
            entry.get("non_finite_rows").forEach(row -> skipped.add(row.intValue()));
        }
        float[] expected = file.floats(entry.get("name").stringValue() + "/" + name);
        float[] values = actual.toFloats();
        assertThat(values).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(values[i])
                    .as("%s %d of %s", name, i, Arrays.toString(values))
                    .isFinite();
            if (!skipped.contains(i)) {
                assertThat((double) values[i])
                        .as("%s %d", name, i)
                        .isCloseTo(expected[i], within(ATOL + RTOL * Math.abs(expected[i])));
            }
        }
    }
}
