package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.stream.IntStream;
import org.align4j.data.PackedBatch;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Scaled rotations in whole models, a sequence beyond the original context packed with one within
/// it. The expected numbers are the first logits after each sequence's last token, as
/// `tools/rope_logits.py` prints them: there each sequence runs alone.
class RopeScalingsTest {
    private static final int LONG = 40;
    private static final int SHORT = 9;

    @Test
    void linear() {
        String scaling = "\"rope_type\": \"linear\", \"factor\": 4.0";
        assertLogits(
                model("llama", "16", scaling),
                new double[] {7.124151, -0.089826, -0.175106, -3.466067, -0.857078},
                new double[] {0.504398, -1.687982, 0.293949, 0.075382, 2.919932});
    }

    @Test
    void dynamicGrowsBySequenceAndNotByBatch() {
        String scaling = "\"rope_type\": \"dynamic\", \"factor\": 2.0";
        assertLogits(
                model("llama", "16", scaling),
                new double[] {2.670258, 0.809539, -0.653823, -1.537629, -0.248257},
                new double[] {-0.180396, -1.146427, 0.455728, 0.028105, 3.111441});
    }

    @Test
    void yarn() {
        String scaling = "\"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 16";
        assertLogits(
                model("llama", "64", scaling),
                new double[] {6.298280, 0.573159, -3.578521, -3.558756, -0.358222},
                new double[] {-0.139828, -0.511493, -0.969574, 0.803987, 2.767985});
    }

    @Test
    void longRopeChoosesItsFactorsBySequenceAndNotByBatch() {
        String scaling = """
                "rope_type": "longrope",
                "short_factor": [1.0, 1.1, 1.2, 1.3], "long_factor": [2.0, 3.0, 4.0, 5.0]""";
        // Phi-3 keeps the original length beside the scaling
        String positions = "64, \"original_max_position_embeddings\": 16";
        assertLogits(
                model("phi3", positions, scaling),
                new double[] {-2.670923, -0.254469, -0.727538, 3.376724, 0.309166},
                new double[] {-3.130618, -3.351704, 1.743798, 2.317133, -4.052170});
    }

    private static void assertLogits(String config, double[]... expected) {
        try (Scope scope = Scope.open()) {
            Architecture architecture = HfConfig.parse(
                            "config.json", JsonMapper.shared().readTree(config))
                    .architecture();
            CausalLm model = new CausalLm(architecture, DType.FLOAT32, Device.CPU, false);
            model.layout().weights().forEach(weight -> fill(model, weight));
            model.parameters().refresh();
            PackedBatch batch = batch();
            Tensor logits = model.logits(model.hidden(batch));
            for (int b = 0; b < expected.length; b++) {
                float[] last = logits.narrow(0, batch.offsets()[b + 1] - 1L, 1).toFloats();
                for (int v = 0; v < expected[b].length; v++) {
                    assertThat((double) last[v])
                            .as("logit %d of sequence %d", v, b)
                            .isCloseTo(expected[b][v], offset(1e-4));
                }
            }
        }
    }

    private static PackedBatch batch() {
        int[] places = IntStream.concat(IntStream.range(0, LONG), IntStream.range(0, SHORT))
                .toArray();
        int[] tokens = IntStream.of(places).map(i -> (7 * i + i * i / 5) % 12).toArray();
        return new PackedBatch(tokens, places, new int[] {0, LONG, LONG + SHORT}, new boolean[LONG + SHORT]);
    }

    /// Waves whose phase is the sum of the name's characters; norms are one.
    private static void fill(CausalLm model, WeightLayout.Weight weight) {
        Tensor master = model.parameters().get(weight.name()).master();
        if (weight.shape().size() == 1) {
            master.fill_(1);
            return;
        }
        int columns = Math.toIntExact(weight.shape().getLast());
        for (WeightLayout.Part part : weight.parts()) {
            int phase = part.huggingFaceName().chars().sum();
            float[] values = new float[Math.toIntExact(part.rows()) * columns];
            for (int i = 0; i < values.length; i++) {
                int row = i / columns;
                int column = i % columns;
                values[i] = (float) (0.5 * Math.sin(phase + 1.3 * row + 2.1 * column + 0.7 * row * column));
            }
            master.narrow(0, part.firstRow(), part.rows())
                    .copy_(Tensor.of(values).view(part.rows(), columns));
        }
    }

    private static String model(String family, String positions, String scaling) {
        return """
                {"model_type": "%s", "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "num_hidden_layers": 2, "intermediate_size": 16, "vocab_size": 12,
                 "max_position_embeddings": %s, "rope_parameters": {"rope_theta": 100.0, %s}}""".formatted(family, positions, scaling);
    }
}
