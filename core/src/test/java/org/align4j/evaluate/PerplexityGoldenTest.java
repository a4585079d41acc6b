package org.align4j.evaluate;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.checkpoint.HfModel;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.testing.Shared;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Perplexity by sliding windows against transformers.
class PerplexityGoldenTest {
    private static final Path GOLDEN = Shared.golden("metrics/perplexity.json");
    private static final Percentage TOLERANCE = Percentage.withPercentage(0.01);

    @TestFactory
    List<DynamicTest> windows() {
        List<DynamicTest> tests = new ArrayList<>();
        if (!Files.exists(GOLDEN)) {
            return tests;
        }
        JsonNode golden = Shared.json(GOLDEN);
        int[] ids = golden.get("ids").valueStream().mapToInt(JsonNode::asInt).toArray();
        Path model = Shared.golden(golden.get("model").asString());
        for (JsonNode result : golden.get("results")) {
            Windows windows = new Windows(
                    result.get("window").asInt(), result.get("stride").asInt());
            tests.add(goldenCase(
                    "metrics",
                    "perplexity " + windows.size() + " by " + windows.stride(),
                    () -> check(model, windows.of(ids, Source.memory(0)), result)));
        }
        return tests;
    }

    private static void check(Path folder, List<TokenizedExample> windows, JsonNode expected) {
        try (Scope scope = Scope.open()) {
            HfModel model = HfModel.load(folder, DType.FLOAT32, Shared.device(), false);
            double logp = Arrays.stream(TargetLogps.sums(model.model(), windows, done -> {}, () -> false))
                    .sum();
            int scored =
                    windows.stream().mapToInt(TokenizedExample::trainedTokens).sum();
            assertThat(scored).isEqualTo(expected.get("scored_tokens").asInt());
            assertThat(-logp).isCloseTo(expected.get("nll").asDouble(), TOLERANCE);
            assertThat(Math.exp(-logp / scored))
                    .isCloseTo(expected.get("perplexity").asDouble(), TOLERANCE);
        }
    }
}
