package org.align4j.train.preference;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.WeightExport;
import org.align4j.data.PackedBatch;
import org.align4j.loss.preference.Completions;
import org.align4j.loss.preference.Dpo;
import org.align4j.loss.preference.Pairs;
import org.align4j.loss.preference.SequenceLogps;
import org.align4j.loss.preference.UnpairedLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.align4j.train.Optimization;
import org.align4j.train.Trajectories;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Twelve optimiser steps of TRL's preference trainers, replayed: losses, metrics, gradient norms
/// and weights.
class PreferenceTrajectoriesGoldenTest {
    @TestFactory
    List<DynamicTest> pairs() {
        return replays("dpo", PreferenceTrajectoriesGoldenTest::pairLoss);
    }

    @TestFactory
    List<DynamicTest> singleAnswers() {
        return replays("kto", PreferenceTrajectoriesGoldenTest::unpairedLoss);
    }

    /// One micro batch.
    ///
    /// @param batches its tensors begin with `prefix`
    /// @param share of the micro batch in the step
    /// @param metrics sums over the micro batches
    private record Micro(
            CausalLm model,
            CausalLm reference,
            TensorFile batches,
            String prefix,
            JsonNode config,
            double share,
            Map<String, Double> metrics) {
        Tensor floats(String name) {
            return Shared.tensor(batches.floats(prefix + name));
        }

        void add(String name, Tensor value) {
            metrics.merge(name, value.mean().item() * share, Double::sum);
        }
    }

    private interface Loss {
        double backward(Micro micro);
    }

    private static List<DynamicTest> replays(String name, Loss loss) {
        return Shared.goldenFolders("trajectories", "run.json").stream()
                .filter(folder -> folder.getFileName().toString().startsWith(name))
                .map(folder -> goldenCase("trajectories", folder.getFileName().toString(), () -> replay(folder, loss)))
                .toList();
    }

    private static void replay(Path folder, Loss loss) {
        JsonNode run = Shared.json(folder.resolve("run.json"));
        Path base = Shared.golden(run.get("base_model").asString());
        int microBatches = run.get("micro_batches_per_step").asInt();
        try (Scope scope = Scope.open();
                TensorFile batches = new TensorFile(folder.resolve("batches.safetensors"));
                TensorFile wanted = new TensorFile(folder.resolve("final.safetensors"))) {
            CausalLm model =
                    HfModel.load(base, DType.FLOAT32, Shared.device(), true).model();
            CausalLm reference =
                    HfModel.load(base, DType.FLOAT32, Shared.device(), false).model();
            try (Optimization optimization = Trajectories.optimization(model.parameters(), run.get("config"))) {
                for (JsonNode step : run.get("steps")) {
                    int number = step.get("step").asInt();
                    Map<String, Double> metrics = new java.util.TreeMap<>();
                    double sum = 0;
                    optimization.startWindow();
                    for (int i = 0; i < microBatches; i++) {
                        try (Scope inner = Scope.open()) {
                            sum += loss.backward(new Micro(
                                    model,
                                    reference,
                                    batches,
                                    "%02d.%d.".formatted(number, i),
                                    run.get("config"),
                                    1.0 / microBatches,
                                    metrics));
                        }
                    }
                    Trajectories.assertStep(step, sum, optimization.step(number - 1));
                    assertMetrics(step.get("metrics"), metrics);
                }
            }
            Trajectories.assertClose(WeightExport.masters(model), wanted);
        }
    }

    private static void assertMetrics(JsonNode expected, Map<String, Double> metrics) {
        metrics.forEach((name, value) -> {
            if (expected.has(name)) {
                double wanted = expected.get(name).asDouble();
                assertThat(value).as(name).isCloseTo(wanted, within(1e-3 + 1e-3 * Math.abs(wanted)));
            }
        });
    }

    private static double pairLoss(Micro micro) {
        Packed packed = Packed.of(micro.batches(), micro.prefix(), "");
        int half = packed.lengths().length / 2;
        try (Tape tape = micro.model().forward(packed.batch(), Wanted.logps(), Recording.KEEP)) {
            Tensor sums = SequenceLogps.sums(tape.logps(), packed.lengths());
            Tensor lengths = packed.lengthTensor();
            Pairs pairs = new Pairs(
                    new Completions(
                            sums.narrow(0, 0, half), micro.floats("ref_chosen_logps"), lengths.narrow(0, 0, half)),
                    new Completions(
                            sums.narrow(0, half, half),
                            micro.floats("ref_rejected_logps"),
                            lengths.narrow(0, half, half)));
            Dpo dpo = Dpo.of(micro.config().get("beta").asDouble());
            Tensor loss = dpo.of(pairs).mean().mul(micro.share());
            micro.add("rewards/chosen", dpo.rewards(pairs.chosen()));
            micro.add("rewards/rejected", dpo.rewards(pairs.rejected()));
            micro.add("rewards/margins", dpo.rewards(pairs.chosen()).sub(dpo.rewards(pairs.rejected())));
            micro.add("logps/chosen", pairs.chosen().policy());
            micro.add("logps/rejected", pairs.rejected().policy());
            loss.backward();
            tape.backward();
            return loss.item();
        }
    }

    private static double unpairedLoss(Micro micro) {
        Packed packed = Packed.of(micro.batches(), micro.prefix(), "");
        Packed mismatched = Packed.of(micro.batches(), micro.prefix(), "KL_");
        double baseline = UnpairedLoss.Kto.baseline(new Completions(
                mismatched.sums(micro.model()), mismatched.sums(micro.reference()), mismatched.lengthTensor()));
        Tensor reference = packed.sums(micro.reference());
        byte[] labels = micro.batches().bytes(micro.prefix() + "label");
        float[] signs = new float[labels.length];
        float[] weights = new float[labels.length];
        for (int b = 0; b < labels.length; b++) {
            signs[b] = labels[b] == 1 ? 1 : -1;
            weights[b] = (float) micro.config()
                    .get(labels[b] == 1 ? "desirable_weight" : "undesirable_weight")
                    .asDouble();
        }
        try (Tape tape = micro.model().forward(packed.batch(), Wanted.logps(), Recording.KEEP)) {
            Completions completions = new Completions(
                    SequenceLogps.sums(tape.logps(), packed.lengths()), reference, packed.lengthTensor());
            Tensor loss = new UnpairedLoss.Kto(micro.config().get("beta").asDouble())
                    .of(completions, Shared.tensor(signs), baseline)
                    .mul(Shared.tensor(weights))
                    .mean()
                    .mul(micro.share());
            loss.backward();
            tape.backward();
            return loss.item();
        }
    }

    /// Real tokens of a padded batch, its completions trained.
    private record Packed(PackedBatch batch, int[] lengths) {
        static Packed of(TensorFile file, String prefix, String kind) {
            int[] ids = file.ints(prefix + kind + "input_ids");
            int[] real = file.ints(prefix + kind + "attention_mask");
            int[] completion = file.ints(prefix + kind + "completion_mask");
            int rows = (int) file.shape(prefix + kind + "input_ids")[0];
            int columns = ids.length / rows;
            List<int[]> sequences = new ArrayList<>();
            List<boolean[]> masks = new ArrayList<>();
            int[] lengths = new int[rows];
            for (int row = 0; row < rows; row++) {
                int first = row * columns;
                int[] places = java.util.stream.IntStream.range(first, first + columns)
                        .filter(place -> real[place] == 1)
                        .toArray();
                boolean[] mask = new boolean[places.length];
                for (int t = 1; t < mask.length; t++) {
                    mask[t] = completion[places[t]] == 1;
                    lengths[row] += mask[t] ? 1 : 0;
                }
                sequences.add(Arrays.stream(places).map(place -> ids[place]).toArray());
                masks.add(mask);
            }
            return new Packed(PackedBatch.of(sequences, masks), lengths);
        }

        /// Log-probabilities of the completions without a way back.
        Tensor sums(CausalLm model) {
            try (Tape tape = model.forward(batch, Wanted.logps(), Recording.NONE)) {
                return SequenceLogps.sums(tape.logps(), lengths);
            }
        }

        Tensor lengthTensor() {
            float[] floats = new float[lengths.length];
            for (int b = 0; b < floats.length; b++) {
                floats[b] = lengths[b];
            }
            return Shared.tensor(floats);
        }
    }
}
