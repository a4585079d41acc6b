package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.align4j.model.Architecture.Rope;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// The expected numbers are `ROPE_INIT_FUNCTIONS[type](config, "cpu", seq_len=length)` of
/// `transformers.modeling_rope_utils` (5.23.0 and 4.56.2 agree), in float32, where `config` is
/// `LlamaConfig(hidden_size=64, num_attention_heads=4, head_dim=16, max_position_embeddings=M,
/// rope_theta=…, rope_scaling=…)` or, for longrope, a `Phi3Config` with heads of 8.
class RopeFrequenciesTest {
    /// Relative, for numbers that were rounded to float32 a few times.
    private static final Offset<Double> FLOAT32 = within(5e-7);

    @Test
    void linearDividesEveryFrequency() {
        assertInverse(
                llama(128, 10000, "\"rope_type\": \"linear\", \"factor\": 4.0"),
                1,
                0.25,
                0.079056941,
                0.0250000004,
                0.00790569466,
                0.00249999994,
                0.000790569466,
                0.000250000012,
                7.90569466e-05);
    }

    @Test
    void llama3KeepsHighFrequenciesAndStretchesLowOnes() {
        String scaling = """
                "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                "original_max_position_embeddings": 32""";
        assertInverse(
                llama(128, 500000, scaling),
                1,
                1.0,
                0.0242403448,
                0.00470075384,
                0.000911583134,
                0.000176776681,
                3.42810235e-05,
                6.64786967e-06,
                1.28917316e-06);
    }

    @Test
    void dynamicGrowsTheBaseOnlyForSequencesLongerThanTheModelsContext() {
        Rope rope = llama(128, 10000, "\"rope_type\": \"dynamic\", \"factor\": 2.0");
        double[] unscaled = {
            1.0, 0.316227764, 0.100000001, 0.0316227786, 0.00999999978, 0.00316227786, 0.00100000005, 0.000316227786
        };
        assertInverse(rope, 100, unscaled);
        assertInverse(rope, 128, unscaled);
        assertInverse(
                rope,
                300,
                1.0,
                0.262445003,
                0.0688773692,
                0.0180765204,
                0.004744092,
                0.00124506326,
                0.000326760608,
                8.57566774e-05);
    }

    @Test
    void yarnRampsBetweenKeptAndStretchedPairs() {
        Rope rope = llama(
                4096, 10000, "\"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 1024");
        assertInverse(
                rope,
                1,
                1.0,
                0.316227764,
                0.0812500045,
                0.0197642371,
                0.00437500002,
                0.000790569466,
                0.000250000012,
                7.90569466e-05);
        assertThat(RopeFrequencies.attentionFactor(rope)).isCloseTo(1.138629436111989, within(1e-12));
    }

    @Test
    void yarnHonoursItsBetasAndLeavesItsBoundsFractionalOnRequest() {
        String scaling = """
                "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024,
                "truncate": false, "beta_fast": 16, "beta_slow": 2""";
        assertInverse(
                llama(4096, 10000, scaling),
                1,
                1.0,
                0.316227764,
                0.100000001,
                0.0187018048,
                0.00249999994,
                0.000790569466,
                0.000250000012,
                7.90569466e-05);
    }

    @Test
    void yarnInfersTheAttentionFactorFromBothScales() {
        String scaling = """
                "rope_type": "yarn", "factor": 40.0, "original_max_position_embeddings": 1024,
                "mscale": 1.0, "mscale_all_dim": 0.8""";
        Rope rope = llama(4096, 10000, scaling);
        assertInverse(
                rope,
                1,
                1.0,
                0.316227764,
                0.0756250024,
                0.0162066743,
                0.00268749986,
                7.90569466e-05,
                2.49999994e-05,
                7.90569447e-06);
        assertThat(RopeFrequencies.attentionFactor(rope)).isCloseTo(1.0569662567531275, within(1e-12));
    }

    @Test
    void longRopeSwitchesListsAfterTheOriginalLength() {
        String json = """
                {"model_type": "phi3", "hidden_size": 32, "num_attention_heads": 4, "num_hidden_layers": 1,
                 "max_position_embeddings": 128, "original_max_position_embeddings": 64,
                 "rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.1, 1.2, 1.3],
                                  "long_factor": [2.0, 3.0, 4.0, 5.0]}}""";
        Rope rope = rope(json);
        assertInverse(rope, 64, 1.0, 0.0909090936, 0.00833333284, 0.00076923077);
        assertInverse(rope, 65, 0.5, 0.0333333351, 0.00249999994, 0.000199999995);
        assertThat(RopeFrequencies.attentionFactor(rope)).isCloseTo(1.0801234497346435, within(1e-12));
        assertThat(RopeFrequencies.dependsOnLength(rope)).isTrue();
    }

    @Test
    void partialRotationHasFewerFrequencies() {
        Rope rope = new Rope(10000, 4, new RopeScaling.None());
        assertInverse(rope, 1, 1.0, 0.01);
        assertThat(RopeFrequencies.dependsOnLength(rope)).isFalse();
    }

    private static void assertInverse(Rope rope, int length, double... expected) {
        double[] inverse = RopeFrequencies.inverse(rope, length);
        assertThat(inverse).hasSameSizeAs(expected);
        for (int j = 0; j < expected.length; j++) {
            assertThat(inverse[j] / expected[j]).as("pair %d", j).isCloseTo(1, FLOAT32);
        }
    }

    private static Rope llama(int maxPositions, int theta, String scaling) {
        return rope("""
                {"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "head_dim": 16,
                 "num_hidden_layers": 1, "max_position_embeddings": %d, "rope_theta": %d,
                 "rope_scaling": {%s}}""".formatted(maxPositions, theta, scaling));
    }

    private static Rope rope(String config) {
        List<Rope> ropes = HfConfig.parse("config.json", JsonMapper.shared().readTree(config))
                .architecture()
                .ropes();
        assertThat(ropes).hasSize(1);
        return ropes.getFirst();
    }
}
